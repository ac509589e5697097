// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import module java.base;

import gmembench.Plugins;
import gmembench.TomlFile;
import gmembench.Units;
import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.mm.HostSizes;
import gmembench.mm.Term;
import gmembench.strategy.Strategy;
import gmembench.tracker.Tracker;
import org.jspecify.annotations.Nullable;

/**
 * A cost profile: what each verb of each backing costs in virtual time, and what that was fitted
 * from. A section is {@code [backing.verb]}, or {@code [backing.verb.private]} and {@code .shared}
 * where the sides differ. A section {@code [tracker.name]} charges the page map's work as well;
 * {@code [strategy.name]} what a strategy itself does for a conversion; {@code [lock.name]} says
 * what serialises vCPUs ({@link LockProfile}); {@code [host]} the sizes of caches that were found
 * there ({@link HostSizes}).
 */
public final class Costs {
  private static final Set<String> NOT_BACKINGS =
      Set.of("cpus", "fit", "host", "lock", "strategy", "tracker");

  /** Nothing takes longer than an hour: such a figure is a mistake in units. */
  private static final long MOST_NS = 3_600_000_000_000L;

  /** What a verb of a backing costs on a side. */
  private record Key(String backing, Verb verb, Side side) {}

  private final TomlFile file;

  // All is read at once: to look a key up in the file takes longer than a hundred conversions.
  private final Map<Key, Cost> costs = new HashMap<>();
  private final Set<String> countAll = new HashSet<>();
  private final Map<String, Step> steps = new HashMap<>();
  private final Map<String, Own> owns = new HashMap<>();
  private final List<LockProfile> locks;
  private final HostSizes host;
  private final long referenceNs;
  private final long otherCpus;
  private final long cpus;

  private Costs(TomlFile file) {
    this.file = file;
    why();
    fit();
    for (String backing : file.keys()) {
      if (!NOT_BACKINGS.contains(backing)) {
        readCosts(backing);
      }
    }
    Plugins.all(Tracker.class).forEach(t -> steps.put(t.name(), readStep(t.name())));
    Plugins.all(Strategy.class).forEach(s -> owns.put(s.name(), readOwn(s.name())));
    this.locks = LockProfile.read(file);
    this.host = readHost();
    this.referenceNs = file.number("host.reference_ns", 0, 0);
    this.otherCpus = file.number("host.cpus", 1, 1) - 1;
    this.cpus = file.number("cpus", 1, Long.MAX_VALUE);
    file.rejectUnknown();
  }

  /**
   * What a strategy itself takes for a conversion, in ns: the harness's share, as live measures.
   */
  public record Own(long fixedNs, long perPageNs) {
    private static final Own FREE = new Own(0, 0);

    long ns(long pages) {
      return Math.addExact(fixedNs, Math.multiplyExact(perPageNs, pages));
    }

    boolean isFree() {
      return fixedNs == 0 && perPageNs == 0;
    }
  }

  /**
   * What the work of a page map costs, in ns.
   *
   * @param fixedNs for each conversion
   * @param nodeNs for each node that it visits
   * @param entryNs for each entry that it writes
   * @param lookNs for each entry that is looked at to find out whether a 2M frame is mixed
   * @param askNs for each 2M frame that is asked for its flag, and the map for its first page, to
   *     find out whether its 1G frame is; if both are 0 nobody keeps these flags
   * @param preallocatedNs for each node that is allocated before a store, used or freed then
   */
  public record Step(
      long fixedNs, long nodeNs, long entryNs, long lookNs, long askNs, long preallocatedNs) {
    private static final Step FREE = new Step(0, 0, 0, 0, 0, 0);

    boolean isFree() {
      return this.equals(FREE);
    }

    boolean keepsFlags() {
      return lookNs != 0 || askNs != 0;
    }
  }

  /**
   * What was fitted: how many parameters, from how many figures.
   *
   * @param host where they were measured, with its kernel and the day; empty if published elsewhere
   */
  public record Fit(List<String> parameters, long data, String source, String host) {
    public long degreesOfFreedomLeft() {
      return data - parameters.size();
    }
  }

  public static Costs read(Path path) {
    return new Costs(TomlFile.read(path));
  }

  /** A profile that is not in a file. */
  public static Costs of(String name, String text) {
    return new Costs(TomlFile.of(Path.of(name + ".toml"), text));
  }

  private void readCosts(String backing) {
    for (Verb verb : Verb.values()) {
      String section = backing + "." + verb.text();
      if (!file.has(section)) {
        continue;
      }
      for (Side side : Side.values()) {
        String ofSide = section + "." + side.text();
        Cost cost = Cost.read(file, file.has(ofSide) ? ofSide : section, verb);
        costs.put(new Key(backing, verb, side), cost);
        if (cost.isCounted()) {
          countAll.add(backing);
        }
      }
    }
  }

  /** What is not given is as it was on the host of the first profiles. */
  private HostSizes readHost() {
    HostSizes common = HostSizes.DEFAULT;
    file.string("host.source", ""); // for people
    long l2 = file.has("host.l2") ? file.bytes("host.l2") : common.l2Bytes();
    String llcKey = "host.llc_share";
    long llcShare = file.has(llcKey) ? file.bytes(llcKey) : common.llcShareBytes();
    if (llcShare < l2) {
      throw file.error(
          file.has(llcKey) ? llcKey : "host.l2",
          "host.llc_share = " + Units.exactSize(llcShare),
          "at least host.l2, which is " + Units.exactSize(l2));
    }
    return new HostSizes(
        l2,
        llcShare,
        file.number("host.flush_ceiling", 0, common.flushCeiling()),
        file.number("host.gather_bundle", 1, common.gatherBundle()));
  }

  /** A cost by its key, 0 if it is not given. */
  static long ns(TomlFile file, String key) {
    long ns = file.number(key, 0, 0);
    if (ns > MOST_NS) {
      throw file.error(key, key + " = " + ns, "at most an hour, " + MOST_NS);
    }
    return ns;
  }

  private Step readStep(String tracker) {
    String section = "tracker." + tracker;
    return new Step(
        ns(file, section + ".fixed_ns"),
        ns(file, section + ".node_ns"),
        ns(file, section + ".entry_ns"),
        ns(file, section + ".look_ns"),
        ns(file, section + ".ask_ns"),
        ns(file, section + ".preallocated_ns"));
  }

  private Own readOwn(String strategy) {
    String section = "strategy." + strategy;
    return new Own(ns(file, section + ".fixed_ns"), ns(file, section + ".per_page_ns"));
  }

  /**
   * On how many CPUs so many threads are at once: {@code cpus}, or as many as there are threads.
   */
  int cpusFor(int threads) {
    return (int) Math.min(threads, cpus);
  }

  public String name() {
    return String.valueOf(file.path().getFileName()).replaceFirst("\\.toml$", "");
  }

  public String why() {
    return file.why();
  }

  /** What was fitted, or null if the profile does not say. */
  public @Nullable Fit fit() {
    return !file.has("fit")
        ? null
        : new Fit(
            file.strings("fit.parameters"),
            file.number("fit.data", 0),
            file.string("fit.source"),
            file.string("fit.host", ""));
  }

  /** Is there a cost of a verb, for both sides? */
  public boolean has(String backing, Verb verb) {
    return costs.containsKey(new Key(backing, verb, Side.PRIVATE));
  }

  /** The cost of a verb; a section that is missing is an error that names it. */
  public Cost cost(String backing, Verb verb, Side side) {
    Cost cost = costs.get(new Key(backing, verb, side));
    if (cost == null) {
      String section = backing + "." + verb.text();
      throw file.error(
          section, "no cost of " + section, "a section [" + section + "] with fixed_ns");
    }
    return cost;
  }

  /** The cost of a tracker's steps: nothing if there is no {@code [tracker.name]}. */
  public Step step(String tracker) {
    return steps.getOrDefault(tracker, Step.FREE);
  }

  /** What a strategy itself takes: nothing if there is no {@code [strategy.name]}. */
  public Own own(String strategy) {
    return owns.getOrDefault(strategy, Own.FREE);
  }

  /**
   * Does anything that a backing does cost by more than pages and residency? To count these takes
   * time, so a profile that does not charge them is spared it.
   */
  boolean countsAll(Backing backing) {
    return Stream.of(Side.values()).anyMatch(s -> countAll.contains(backing.of(s).name()));
  }

  /**
   * Does a touch cost entries that it makes of what is there? Then all that are mapped are kept.
   */
  boolean chargesRefaults(Backing backing) {
    return Stream.of(Side.values())
        .filter(side -> has(backing.of(side).name(), Verb.TOUCH))
        .anyMatch(s -> cost(backing.of(s).name(), Verb.TOUCH, s).of(Term.PER_REFAULT) > 0);
  }

  /** CPUs of the host beside the caller's: a flush of the kernel's TLB is on every one of them. */
  long otherCpus() {
    return otherCpus;
  }

  /** Sizes of the host that decide what is counted. */
  HostSizes host() {
    return host;
  }

  /** Where a key stands, for a complaint. */
  public String at(String key) {
    return file.at(key);
  }

  /** What the reference loop took when this was measured, or 0. */
  long referenceNs() {
    return referenceNs;
  }

  /** The locks, by name; none if there is no {@code [lock.name]}. */
  List<LockProfile> locks() {
    return locks;
  }

  /** A figure by its dotted key, such as {@code memfd.discard.fixed_ns}. */
  public long value(String key) {
    return file.number(key, 0);
  }

  /** The backings that the profile has costs of. */
  public List<String> backings() {
    return file.keys().stream().filter(k -> !NOT_BACKINGS.contains(k)).sorted().toList();
  }
}
