// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.strategy.Strategy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Calibration under way: a round measures everything of a backing once, whenever it suits, so that
 * rounds may lie between other measurements that the costs are to be compared with.
 */
public final class Rounds implements AutoCloseable {
  private final Map<String, Probe> verbs = new LinkedHashMap<>();
  private final Map<String, RebindProbe> slots = new LinkedHashMap<>();
  private final OwnProbe own;

  private Rounds(OwnProbe own) {
    this.own = own;
  }

  /** Warms up. */
  public static Rounds open(List<Backing> backings) {
    List<Strategy> able =
        Plugins.all(Strategy.class).stream()
            .filter(s -> backings.stream().anyMatch(b -> verbs(b).containsAll(s.needs())))
            .toList();
    Rounds rounds = new Rounds(OwnProbe.open(able));
    try {
      for (Backing backing : backings) {
        rounds.verbs.put(backing.name(), Probe.open(backing));
        if (backing.verbs().contains(Verb.REBIND)) {
          rounds.slots.put(backing.name(), new RebindProbe());
        }
      }
      return rounds;
    } catch (RuntimeException e) {
      rounds.close();
      throw e;
    }
  }

  /** What of a backing's verbs is measured. */
  public static Set<Verb> verbs(Backing backing) {
    Set<Verb> verbs = Probe.verbs(backing);
    if (backing.verbs().contains(Verb.REBIND)) {
      verbs.add(Verb.REBIND);
    }
    return verbs;
  }

  /** What strategies take themselves, and the verbs of a backing if it was opened. */
  public void round(Backing backing) {
    own.round();
    Probe probe = verbs.get(backing.name());
    if (probe != null) {
      probe.round();
    }
    RebindProbe rebind = slots.get(backing.name());
    if (rebind != null) {
      rebind.round();
    }
  }

  public Calibration fit() {
    Map<String, List<Point>> points = new LinkedHashMap<>();
    verbs.forEach((backing, probe) -> {
      points.putAll(probe.points());
      RebindProbe rebind = slots.get(backing);
      if (rebind != null) {
        points.put(backing + ".rebind", rebind.points());
      }
    });
    points.putAll(own.points());
    return Calibration.fit(points);
  }

  @Override
  public void close() {
    verbs.values().forEach(Probe::close);
    own.close();
  }
}
