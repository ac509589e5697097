// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.guest.Guest;
import gmembench.tracker.PageMap;
import org.jspecify.annotations.Nullable;

/**
 * References to pages of one file that are neither the page cache's nor a page table's
 * (folio_ref_count over what is expected): kept by page where there are any, with their sums by 2M
 * frame and by GiB.
 */
final class FolioPins {
  private static final int GIB_SHIFT = PageMap.ORDER_1G;
  private static final int FRAME_SHIFT = PageMap.ORDER_2M;
  private static final int FRAME_PAGES = (int) Guest.FRAME_PAGES;
  private static final int FRAMES = 1 << (GIB_SHIFT - FRAME_SHIFT);

  private static final class OfGib {
    private final int[] @Nullable [] pages = new int[FRAMES][];
    private final int[] sums = new int[FRAMES];
    private int sum;
  }

  private final @Nullable OfGib[] gibs;
  private long all;

  FolioPins(long pages) {
    gibs = new OfGib[Math.toIntExact(((pages - 1) >>> GIB_SHIFT) + 1)];
  }

  /** A reference more to each page of a range. */
  void add(long gfn, long count) {
    change(gfn, count, 1);
  }

  /** One less; what is not there is not dropped. */
  void drop(long gfn, long count) {
    change(gfn, count, -1);
  }

  /** All references to a page are another's from now on; returns how many. */
  int take(long gfn) {
    int count = of(gfn, 0);
    change(gfn, 1, -count);
    return count;
  }

  private void change(long gfn, long count, int more) {
    for (long at = gfn; at < gfn + count; at++) {
      int index = (int) (at >>> GIB_SHIFT);
      OfGib gib = gibs[index];
      if (gib == null) {
        gib = new OfGib();
        gibs[index] = gib;
      }
      change(gib, frame(at), (int) at & (FRAME_PAGES - 1), more);
    }
  }

  private void change(OfGib gib, int frame, int page, int more) {
    int[] pages = gib.pages[frame];
    if (pages == null) {
      pages = new int[FRAME_PAGES];
      gib.pages[frame] = pages;
    }
    if (pages[page] + more >= 0) {
      pages[page] += more;
      gib.sums[frame] += more;
      gib.sum += more;
      all += more;
    }
  }

  /** Is there any reference? */
  boolean isEmpty() {
    return all == 0;
  }

  private static int frame(long gfn) {
    return (int) (gfn >>> FRAME_SHIFT) & (FRAMES - 1);
  }

  /** References to pages of the folio of an order that a page is in, which is 0, 9 or 18. */
  int of(long gfn, int order) {
    OfGib gib = gibs[(int) (gfn >>> GIB_SHIFT)];
    if (gib == null || order == GIB_SHIFT) {
      return gib == null ? 0 : gib.sum;
    }
    if (order == FRAME_SHIFT) {
      return gib.sums[frame(gfn)];
    }
    int[] pages = gib.pages[frame(gfn)];
    return pages == null ? 0 : pages[(int) gfn & (FRAME_PAGES - 1)];
  }
}
