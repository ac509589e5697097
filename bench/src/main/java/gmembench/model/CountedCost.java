// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.mm.Effects;
import gmembench.mm.Recency;

/**
 * What costs by entries, nodes and what caches hold, in ns. To count these takes time, so a profile
 * that does not charge them is spared it.
 *
 * @param onceMapNs once, if it makes or zaps any page table entry: the TLB flush of a zap
 * @param perMapNs for each page table entry that it makes, or zaps
 * @param perActivationNs for each page that is zapped for the second time: it goes to the active
 *     list (folio_mark_accessed)
 * @param perFlushNs for each zapped entry that is flushed from the TLB by itself ({@link
 *     Effects#MOST_FLUSHES})
 * @param onceFlushNs once, if it zaps more than that, so that the whole TLB is flushed
 * @param onceGatherNs once, if it zaps {@link Effects#GATHER_BUNDLE} or more, so that these are
 *     gathered in a page that is allocated for that
 * @param perNodeNs for each group of 64 pages that gets its first page in the page cache, or loses
 *     its last: a node of the XArray is allocated, or freed
 * @param onceAwayNs once, if any of its pages was not used for a while ({@link Recency#OWN_LINES}):
 *     what is missed at once is waited for once
 * @param perAwayNs for each such page
 * @param perAwayFaultNs for each such page that becomes resident or is freed, and for all of a call
 *     that zeroes more than a CPU's own cache holds
 * @param perAwayMapNs for each such page that is resident and gets an entry
 * @param onceFarNs once, if any of its pages was not used for longer still ({@link
 *     Recency#NEAR_LINES}), besides
 * @param perFarNs for each such page, besides
 */
public record CountedCost(
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
    long perFarNs) {
  static final CountedCost NOTHING = new CountedCost(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  long ns(Effects effects) {
    long ns = perNodeNs * effects.nodes() + perActivationNs * effects.activations();
    if (effects.maps() != 0) {
      ns += onceMapNs + perMapNs * effects.maps();
      ns += perFlushNs * effects.flushes();
      ns += (effects.flushesAll() ? onceFlushNs : 0) + (effects.gathers() ? onceGatherNs : 0);
    }
    if (effects.away() != 0) {
      ns += onceAwayNs + perAwayNs * effects.away() + perAwayMapNs * effects.awayMaps();
    }
    if (effects.far() != 0) {
      ns += onceFarNs + perFarNs * effects.far();
    }
    return ns + perAwayFaultNs * effects.awayFaults();
  }
}
