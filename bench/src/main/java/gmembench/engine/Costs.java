// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.Plugins;
import gmembench.TomlFile;
import gmembench.backing.Verb;
import gmembench.strategy.Strategy;
import gmembench.tracker.Tracker;
import gmembench.workload.Side;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
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

  private static final List<String> COUNTED =
      List.of(
          ".once_map_ns",
          ".per_map_ns",
          ".per_activation_ns",
          ".per_flush_ns",
          ".once_flush_ns",
          ".once_gather_ns",
          ".per_node_ns",
          ".once_away_ns",
          ".per_away_ns",
          ".per_away_fault_ns",
          ".per_away_map_ns",
          ".once_far_ns",
          ".per_far_ns");

  private final TomlFile file;

  private Costs(TomlFile file) {
    this.file = file;
  }

  /**
   * What a verb costs, in ns.
   *
   * @param onceSeveralNs once, if it is of more than one page: live, such a touch leaves Java
   * @param onceNs once, if the verb makes any page resident, or frees any
   * @param perFaultNs for each page that the verb makes resident, or frees
   * @param onceMapNs once, if it makes or zaps any page table entry: the TLB flush of a zap
   * @param perMapNs for each page table entry that it makes, or zaps
   * @param perActivationNs for each page that is zapped for the second time: it goes to the active
   *     list (folio_mark_accessed)
   * @param perFlushNs for each zapped entry that is flushed from the TLB by itself ({@link
   *     Effects#MOST_FLUSHES})
   * @param onceFlushNs once, if it zaps more than that, so that the whole TLB is flushed
   * @param onceGatherNs once, if it zaps {@link Effects#GATHER_BUNDLE} or more, so that these are
   *     gathered in a page that is allocated for that
   * @param perNodeNs for each group of 64 pages that gets its first page in the page cache, or
   *     loses its last: a node of the XArray is allocated, or freed
   * @param onceAwayNs once, if any of its pages was not used for a while ({@link
   *     Effects#OWN_LINES}): what is missed at once is waited for once
   * @param perAwayNs for each such page
   * @param perAwayFaultNs for each such page that becomes resident or is freed, and for all of a
   *     call that zeroes more than a CPU's own cache holds
   * @param perAwayMapNs for each such page that is resident and gets an entry
   * @param onceFarNs once, if any of its pages was not used for longer still ({@link
   *     Effects#NEAR_LINES}), besides
   * @param perFarNs for each such page, besides
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
      long onceMapNs,
      long perMapNs,
      long perActivationNs,
      long perFlushNs,
      long onceFlushNs,
      long onceGatherNs,
      long perNodeNs,
      long onceAwayNs,
      long perAwayNs,
      long perAwayFaultNs,
      long perAwayMapNs,
      long onceFarNs,
      long perFarNs,
      long perVcpuNs,
      long perFrameNs,
      long perFolioNs,
      long perHotPageNs,
      long perBindingNs,
      long perCpuNs) {
    long ns(long gfn, long pages, Effects effects, int vcpus) {
      long ns = fixedNs + perPageNs * pages + perVcpuNs * vcpus;
      if (pages > 1) {
        ns += onceSeveralNs;
      }
      if (effects.faults() != 0) {
        ns += onceNs + perFaultNs * effects.faults();
      }
      if (effects.maps() != 0) {
        ns += onceMapNs + perMapNs * effects.maps();
        ns += perActivationNs * effects.activations() + perFlushNs * effects.flushes();
        ns += (effects.flushesAll() ? onceFlushNs : 0) + (effects.gathers() ? onceGatherNs : 0);
      }
      ns += perNodeNs * effects.nodes();
      if (effects.away() != 0) {
        ns += onceAwayNs + perAwayNs * effects.away() + perAwayMapNs * effects.awayMaps();
      }
      ns += perAwayFaultNs * effects.awayFaults();
      if (effects.far() != 0) {
        ns += onceFarNs + perFarNs * effects.far();
      }
      ns += perFolioNs * effects.folios();
      return perFrameNs == 0 ? ns : ns + perFrameNs * (((gfn + pages - 1) >> 9) - (gfn >> 9) + 1);
    }
  }

  /**
   * What a strategy itself takes for a conversion, in ns: the harness's share, as live measures.
   */
  public record Own(long fixedNs, long perPageNs) {
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
    return of(TomlFile.read(path));
  }

  /** A profile that is not in a file. */
  public static Costs of(String name, String text) {
    return of(TomlFile.of(Path.of(name + ".toml"), text));
  }

  private static Costs of(TomlFile file) {
    Costs costs = new Costs(file);
    costs.why();
    costs.fit();
    costs.readAll();
    costs.file.rejectUnknown();
    return costs;
  }

  /** Reads every section once, so that an unknown key is found whatever is run. */
  private void readAll() {
    for (String backing : file.keys()) {
      if (NOT_BACKINGS.contains(backing)) {
        continue;
      }
      for (Verb verb : Verb.values()) {
        String section = backing + "." + verb.text();
        if (file.has(section)) {
          cost(backing, verb, Side.PRIVATE);
          cost(backing, verb, Side.SHARED);
        }
      }
    }
    Plugins.all(Tracker.class).forEach(tracker -> step(tracker.name()));
    Plugins.all(Strategy.class).forEach(strategy -> own(strategy.name()));
    locks();
    cpusFor(1);
  }

  /**
   * On how many CPUs so many threads are at once: {@code cpus}, or as many as there are threads.
   */
  int cpusFor(int threads) {
    return (int) Math.min(threads, file.number("cpus", 1, threads));
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
    String section = backing + "." + verb.text();
    return file.has(section + ".fixed_ns")
        || (file.has(section + "." + Side.PRIVATE.text())
            && file.has(section + "." + Side.SHARED.text()));
  }

  /** The cost of a verb; a section that is missing is an error that names it. */
  public Cost cost(String backing, Verb verb, Side side) {
    String section = backing + "." + verb.text();
    String ofSide = section + "." + side.text();
    if (file.has(ofSide)) {
      section = ofSide;
    }
    if (!file.has(section)) {
      throw file.error(
          section, "no cost of " + section, "a section [" + section + "] with fixed_ns");
    }
    return new Cost(
        file.number(section + ".fixed_ns", 0),
        file.number(section + ".per_page_ns", 0, 0),
        file.number(section + ".once_several_ns", 0, 0),
        file.number(section + ".once_ns", 0, 0),
        file.number(section + ".per_fault_ns", 0, 0),
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
        file.number(section + ".per_far_ns", 0, 0),
        file.number(section + ".per_vcpu_ns", 0, 0),
        file.number(section + ".per_frame_ns", 0, 0),
        file.number(section + ".per_folio_ns", 0, 0),
        file.number(section + ".per_hot_page_ns", 0, 0),
        file.number(section + ".per_binding_ns", 0, 0),
        file.number(section + ".per_cpu_ns", 0, 0));
  }

  /** The cost of a tracker's steps: nothing if there is no {@code [tracker.name]}. */
  public Step step(String tracker) {
    String section = "tracker." + tracker;
    return new Step(
        file.number(section + ".node_ns", 0, 0), file.number(section + ".entry_ns", 0, 0));
  }

  /** What a strategy itself takes: nothing if there is no {@code [strategy.name]}. */
  public Own own(String strategy) {
    String section = "strategy." + strategy;
    return new Own(
        file.number(section + ".fixed_ns", 0, 0), file.number(section + ".per_page_ns", 0, 0));
  }

  /**
   * Does anything that a backing does cost by more than pages and residency? To count these takes
   * time, so a profile that does not charge them is spared it.
   */
  boolean countsAll(String backing) {
    return file.keys(backing).stream()
        .flatMap(verb -> Stream.of("", ".private", ".shared").map(side -> verb + side))
        .map(section -> backing + "." + section)
        .anyMatch(s -> COUNTED.stream().anyMatch(key -> file.has(s + key)));
  }

  /** The locks, by name; none if there is no {@code [lock.name]}. */
  List<LockProfile> locks() {
    return LockProfile.read(file);
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
