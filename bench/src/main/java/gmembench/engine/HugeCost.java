// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

/**
 * What a punch of a part of a huge folio costs besides, in ns.
 *
 * @param perSplitNs for each folio that it splits
 * @param perSplitFolioNs for each folio that there is more for that
 * @param perSplitMapNs for each page table entry of such a folio, which is dropped for that
 * @param perZeroedNs for each page that it zeroes
 */
public record HugeCost(
    long perSplitNs, long perSplitFolioNs, long perSplitMapNs, long perZeroedNs) {
  static final HugeCost NOTHING = new HugeCost(0, 0, 0, 0);

  long ns(Effects effects) {
    long ns = perZeroedNs * effects.zeroed();
    if (effects.splits() != 0) {
      ns += perSplitNs * effects.splits() + perSplitFolioNs * effects.splitFolios();
      ns += perSplitMapNs * effects.splitMaps();
    }
    return ns;
  }
}
