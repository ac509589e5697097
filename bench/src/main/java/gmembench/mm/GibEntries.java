// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

/**
 * What page tables have of one GiB: an entry of 1G, or in each 2M frame one of 2M or ones of 4K. An
 * entry goes as a whole, whatever part of it is zapped (TDP MMU: a leaf that overlaps the range;
 * hugetlb and shmem: the entry of the folio). A larger one takes the place of a table of smaller
 * ones.
 */
final class GibEntries {
  private static final int FRAME_PAGES = 512;

  private boolean whole;

  /** Frames that an entry of 2M maps. */
  private final PageBits huge = new PageBits();

  private int hugeCount;
  private final GibPages small;

  GibEntries(PageBits.Spares spares) {
    this.small = new GibPages(spares);
  }

  private void setHuge(int frame, boolean value) {
    huge.put(frame, value);
    hugeCount += value ? 1 : -1;
  }

  /**
   * A part of a frame is touched.
   *
   * @param order of the largest entry that there may be: 0, 9 or 18
   * @return entries that were made
   */
  int enter(int frame, int from, int to, int order) {
    if (whole || huge.get(frame) || (order > 0 && small.hasAll(frame, from, to))) {
      return 0;
    } else if (order == 0) {
      return small.add(frame, from, to);
    } else if (order == 9) {
      small.remove(frame, 0, FRAME_PAGES);
      setHuge(frame, true);
    } else {
      zapAll();
      whole = true;
    }
    return 1;
  }

  /** Returns how many entries a part of a frame was mapped by. */
  int zap(int frame, int from, int to) {
    if (whole) {
      whole = false;
      return 1;
    } else if (huge.get(frame)) {
      setHuge(frame, false);
      return 1;
    }
    return small.remove(frame, from, to);
  }

  /** Returns how many entries there were. */
  int zapAll() {
    int gone = (whole ? 1 : 0) + hugeCount + small.clear();
    whole = false;
    huge.setAll(false);
    hugeCount = 0;
    return gone;
  }

  /** Is it one entry of 1G? */
  boolean isWhole() {
    return whole;
  }

  boolean has(int frame, int page) {
    return whole || huge.get(frame) || small.has(frame, page);
  }

  /** Is any page of the folio of an order mapped that a page is in? */
  boolean hasAny(int frame, int page, int order) {
    return switch (order) {
      case 0 -> has(frame, page);
      case 9 -> whole || huge.get(frame) || small.of(frame) > 0;
      default -> whole || hugeCount > 0 || small.size() > 0;
    };
  }
}
