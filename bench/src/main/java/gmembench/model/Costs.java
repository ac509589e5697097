// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.Plugins;
import gmembench.TomlFile;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.mm.Effects;
import gmembench.strategy.Strategy;
import gmembench.tracker.Tracker;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A cost profile: what each verb of each backing costs in virtual time, and what that was fitted
 * from. A section is {@code [backing.verb]}, or {@code [backing.verb.private]} and {@code .shared}
 * where the sides differ. A section {@code [tracker.name]} charges the page map's work as well;
 * {@code [strategy.name]} what a strategy itself does for a conversion; {@code [lock.name]} says
 * what serialises vCPUs ({@link LockProfile}).
 */
public final class Costs {
  private static final Set<String> NOT_BACKINGS =
      Set.of("cpus", "fit", "lock", "strategy", "tracker");

  /** What a verb of a backing costs on a side. */
  private record Key(String backing, Verb verb, Side side) {}

  private final TomlFile file;

  // All is read at once: to look a key up in the file takes longer than a hundred conversions.
  private final Map<Key, Cost> costs = new HashMap<>();
  private final Set<String> countAll = new HashSet<>();
  private final Map<String, Step> steps = new HashMap<>();
  private final Map<String, Own> owns = new HashMap<>();
  private final List<LockProfile> locks;
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
    this.cpus = file.number("cpus", 1, Long.MAX_VALUE);
    file.rejectUnknown();
  }

  /**
   * What a verb costs, in ns.
   *
   * @param onceSeveralNs once, if it is of more than one page: live, such a touch leaves Java
   * @param onceNs once, if the verb makes any page resident, or frees any
   * @param perFaultNs for each page that the verb makes resident, or frees
   * @param counted what costs by more than pages and residency, if anything does
   * @param huge what huge folios cost besides, if anything
   * @param perFrameNs for each 2M frame that the range crosses
   * @param perFolioNs for each folio that becomes resident, is checked, merged, or is what another
   *     was split into; for each page table entry, huge or not, that an unmap drops
   * @param perHotPageNs for each page that the guest maps again because its slots have changed
   * @param perBindingNs for each binding that a punch of the private side has to zap: memslots that
   *     its range crosses, in every VM that has a file on the inode (kvm_gmem_invalidate_begin)
   * @param perCpuNs for each other CPU on which the guest's threads run: it is interrupted so that
   *     its TLB is flushed
   */
  public record Cost(
      long fixedNs,
      long perPageNs,
      long onceSeveralNs,
      long onceNs,
      long perFaultNs,
      long perVcpuNs,
      long perFrameNs,
      long perFolioNs,
      long perHotPageNs,
      long perBindingNs,
      long perCpuNs,
      @Nullable CountedCost counted,
      @Nullable HugeCost huge) {
    long perMapNs() {
      return counted == null ? 0 : counted.perMapNs();
    }

    long ns(long gfn, long pages, Effects effects, int vcpus) {
      return callNs(vcpus) + perPageNs * pages + effectsNs(gfn, pages, effects);
    }

    /** Of every call. */
    long callNs(int vcpus) {
      return fixedNs + perVcpuNs * vcpus;
    }

    /** Is nothing charged but the call and its pages, whatever it does and where? */
    boolean isFlat() {
      long rest = onceSeveralNs | onceNs | perFaultNs | perFrameNs | perFolioNs | perBindingNs;
      return rest == 0 && counted == null && huge == null;
    }

    /** Of what the call does, and where. */
    long effectsNs(long gfn, long pages, Effects effects) {
      long ns = pages > 1 ? onceSeveralNs : 0;
      if (effects.faults() != 0) {
        ns += onceNs + perFaultNs * effects.faults();
      }
      ns += counted == null ? 0 : counted.ns(effects);
      ns += huge == null ? 0 : huge.ns(effects);
      ns += perFolioNs * effects.folios();
      return perFrameNs == 0 ? ns : ns + perFrameNs * (((gfn + pages - 1) >> 9) - (gfn >> 9) + 1);
    }
  }

  /**
   * What a strategy itself takes for a conversion, in ns: the harness's share, as live measures.
   */
  public record Own(long fixedNs, long perPageNs) {
    private static final Own FREE = new Own(0, 0);

    long ns(long pages) {
      return fixedNs + perPageNs * pages;
    }

    boolean isFree() {
      return fixedNs == 0 && perPageNs == 0;
    }
  }

  /**
   * What the work of a page map costs, in ns.
   *
   * @param nodeNs for each node that it visits
   * @param entryNs for each entry that it writes
   */
  public record Step(long nodeNs, long entryNs) {
    private static final Step FREE = new Step(0, 0);

    boolean isFree() {
      return nodeNs == 0 && entryNs == 0;
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
        Cost cost = readCost(file.has(ofSide) ? ofSide : section);
        costs.put(new Key(backing, verb, side), cost);
        if (cost.counted() != null || cost.huge() != null) {
          countAll.add(backing);
        }
      }
    }
  }

  private Cost readCost(String section) {
    return new Cost(
        file.number(section + ".fixed_ns", 0),
        file.number(section + ".per_page_ns", 0, 0),
        file.number(section + ".once_several_ns", 0, 0),
        file.number(section + ".once_ns", 0, 0),
        file.number(section + ".per_fault_ns", 0, 0),
        file.number(section + ".per_vcpu_ns", 0, 0),
        file.number(section + ".per_frame_ns", 0, 0),
        file.number(section + ".per_folio_ns", 0, 0),
        file.number(section + ".per_hot_page_ns", 0, 0),
        file.number(section + ".per_binding_ns", 0, 0),
        file.number(section + ".per_cpu_ns", 0, 0),
        readCounted(section),
        readHuge(section));
  }

  private @Nullable HugeCost readHuge(String section) {
    HugeCost read =
        new HugeCost(
            file.number(section + ".per_huge_map_ns", 0, 0),
            file.number(section + ".per_huge_away_ns", 0, 0),
            file.number(section + ".per_split_ns", 0, 0),
            file.number(section + ".per_split_folio_ns", 0, 0),
            file.number(section + ".per_split_map_ns", 0, 0),
            file.number(section + ".per_zeroed_ns", 0, 0));
    return read.equals(HugeCost.NOTHING) ? null : read;
  }

  private @Nullable CountedCost readCounted(String section) {
    CountedCost read =
        new CountedCost(
            file.number(section + ".once_map_ns", 0, 0),
            file.number(section + ".per_map_ns", 0, 0),
            file.number(section + ".per_activation_ns", 0, 0),
            file.number(section + ".per_flush_ns", 0, 0),
            file.number(section + ".once_flush_ns", 0, 0),
            file.number(section + ".once_gather_ns", 0, 0),
            file.number(section + ".per_node_ns", 0, 0),
            file.number(section + ".once_away_ns", 0, 0),
            file.number(section + ".per_away_ns", 0, 0),
            file.number(section + ".per_away_fault_ns", 0, 0),
            file.number(section + ".per_away_map_ns", 0, 0),
            file.number(section + ".once_far_ns", 0, 0),
            file.number(section + ".per_far_ns", 0, 0));
    return read.equals(CountedCost.NOTHING) ? null : read;
  }

  private Step readStep(String tracker) {
    String section = "tracker." + tracker;
    return new Step(
        file.number(section + ".node_ns", 0, 0), file.number(section + ".entry_ns", 0, 0));
  }

  private Own readOwn(String strategy) {
    String section = "strategy." + strategy;
    return new Own(
        file.number(section + ".fixed_ns", 0, 0), file.number(section + ".per_page_ns", 0, 0));
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
  boolean countsAll(String backing) {
    return countAll.contains(backing);
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
