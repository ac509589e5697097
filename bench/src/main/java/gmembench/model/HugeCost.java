// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.mm.Effects;

/**
 * What huge folios cost besides, in ns.
 *
 * @param perHugeMapNs for each page table entry of 2M or more that a verb makes, or zaps
 * @param perHugeAwayNs for each page of a huge folio that it makes resident, or zeroes, if no near
 *     cache held that
 * @param perSplitNs for each folio that a punch of a part of it splits, or, of hugetlb, zeroes
 * @param perSplitFolioNs for each folio that there is more for that
 * @param perSplitMapNs for each page table entry of such a folio, which is dropped for that
 * @param perZeroedNs for each page that it zeroes
 */
public record HugeCost(
    long perHugeMapNs,
    long perHugeAwayNs,
    long perSplitNs,
    long perSplitFolioNs,
    long perSplitMapNs,
    long perZeroedNs) {
  static final HugeCost NOTHING = new HugeCost(0, 0, 0, 0, 0, 0);

  long ns(Effects effects) {
    long ns = perHugeMapNs * effects.hugeMaps() + perHugeAwayNs * effects.hugeAway();
    ns += perZeroedNs * effects.zeroed();
    ns += perSplitNs * effects.splits() + perSplitFolioNs * effects.splitFolios();
    return ns + perSplitMapNs * effects.splitMaps();
  }
}
