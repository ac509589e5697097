// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.GuestMemfdBound;
import gmembench.backing.Verb;
import gmembench.strategy.Strategy;

/**
 * Calibration under way: a round measures everything of a backing once, whenever it suits, so that
 * rounds may lie between other measurements that the costs are to be compared with.
 */
public final class Rounds implements AutoCloseable {
  /** By the backing's name. */
  private final Map<String, List<Probe>> probes = new LinkedHashMap<>();

  private final OwnProbe own;
  private final Origin origin;

  private Rounds(OwnProbe own, Origin origin) {
    this.own = own;
    this.origin = origin;
  }

  /** Warms up. */
  public static Rounds open(List<Backing> backings, Origin origin) {
    List<Strategy> able =
        Plugins.all(Strategy.class).stream()
            .filter(s -> backings.stream().anyMatch(b -> verbs(b).containsAll(s.needs())))
            .toList();
    Rounds rounds = new Rounds(OwnProbe.open(able), origin);
    try {
      for (Backing backing : backings) {
        List<Probe> opened = new ArrayList<>();
        rounds.probes.put(backing.name(), opened);
        opened.add(Probe.open(backing, origin.sizes()));
        if (backing instanceof GuestMemfdBound bound) {
          opened.add(BindingProbe.open(bound, origin.sizes()));
          opened.add(new RebindProbe(bound));
          if (bound.verbs().contains(Verb.ATTRIBUTE)) {
            opened.add(AttributeProbe.open(bound, origin.sizes()));
          }
        }
      }
      return rounds;
    } catch (RuntimeException e) {
      rounds.close();
      throw e;
    }
  }

  /** Pages of a backing's pool that it takes; 0 if there is no pool. */
  public static long poolPages(Backing backing) {
    return FolioProbe.poolPages(backing);
  }

  /** What of a backing's verbs is measured. */
  public static Set<Verb> verbs(Backing backing) {
    Set<Verb> verbs = Probe.verbs(backing);
    if (backing instanceof GuestMemfdBound) {
      verbs.addAll(Set.of(Verb.REBIND, Verb.ATTRIBUTE));
      verbs.retainAll(backing.verbs());
    }
    return verbs;
  }

  /** What strategies take themselves, and the verbs of a backing if it was opened. */
  public void round(Backing backing) {
    own.round();
    probes.getOrDefault(backing.name(), List.of()).forEach(Probe::round);
  }

  /** All that was measured so far. */
  public Calibration.Figures figures() {
    Map<String, List<Point>> points = new LinkedHashMap<>();
    probes.values().stream().flatMap(List::stream).forEach(probe -> add(points, probe.points()));
    points.putAll(own.points());
    return new Calibration.Figures(origin, points);
  }

  private static void add(Map<String, List<Point>> all, Map<String, List<Point>> more) {
    more.forEach(
        (section, points) -> all.computeIfAbsent(section, s -> new ArrayList<>()).addAll(points));
  }

  @Override
  public void close() {
    probes.values().forEach(opened -> opened.forEach(Probe::close));
    own.close();
  }
}
