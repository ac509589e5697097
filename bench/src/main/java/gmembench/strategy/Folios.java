// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;
import java.util.Arrays;

/**
 * What a strategy knows of the folios under a guest: which ones it has split, and how much of each
 * is shared, so that it sees when one is uniform again. A folio that the guest does not fill is
 * made of smaller ones.
 */
final class Folios {
  private static final int FRAME_SHIFT = PageMap.ORDER_2M;
  private static final int GIB_SHIFT = PageMap.ORDER_1G;

  private final Memory memory;
  private final PageMap map;
  private final int largest;

  /** Order of the folio that a 2M frame is in, or of all in it. */
  private final byte[] orders;

  private final short[] sharedInFrame;
  private final int[] sharedInGib;
  private final int[] splitFramesInGib;

  /** First pages of folios that were uniform but referenced when they were to be restored. */
  private final PageSet unmerged;

  private long retryAt;

  Folios(Memory memory, PageMap map) {
    this.memory = memory;
    this.map = map;
    this.largest = memory.folioOrder();
    int frames = Math.toIntExact(((map.pages() - 1) >>> FRAME_SHIFT) + 1);
    int gibs = ((frames - 1) >>> (GIB_SHIFT - FRAME_SHIFT)) + 1;
    this.orders = new byte[frames];
    this.sharedInFrame = new short[frames];
    this.sharedInGib = new int[gibs];
    this.splitFramesInGib = new int[gibs];
    this.unmerged = new PageSet(map.pages());
    for (int frame = 0; frame < frames; frame++) {
      long gfn = (long) frame << FRAME_SHIFT;
      orders[frame] =
          (byte)
              (fits(gfn, largest)
                  ? largest
                  : fits(gfn, FRAME_SHIFT) ? Math.min(largest, FRAME_SHIFT) : 0);
    }
  }

  private boolean fits(long gfn, int order) {
    return ((gfn >>> order) + 1) << order <= map.pages();
  }

  /** The order of the folio at a page. */
  int order(long gfn) {
    return orders[(int) (gfn >>> FRAME_SHIFT)];
  }

  /** The first page of the folio at a page. */
  long start(long gfn) {
    int order = order(gfn);
    return gfn >>> order << order;
  }

  /** The page after the folio at a page. */
  long end(long gfn) {
    return start(gfn) + (1L << order(gfn));
  }

  /** Does a folio reach outside a range? */
  boolean isPartial(long gfn, long from, long to) {
    return start(gfn) < from || end(gfn) > to;
  }

  /** Are all pages of a range on this side already? */
  boolean isAll(long gfn, long pages, Side side) {
    return map.get(gfn) == side && (pages == 1 || map.isUniform(gfn, pages));
  }

  /**
   * Splits the folios that a range covers only in part, until it covers all that it touches.
   *
   * @param stepwise 1G to 2M to 4K; else to 4K at once
   * @return false if the kernel refused because a folio is referenced
   */
  boolean splitEdges(long gfn, long pages, boolean stepwise) {
    long end = gfn + pages;
    return splitEdge(gfn, gfn, end, stepwise) && splitEdge(end - 1, gfn, end, stepwise);
  }

  private boolean splitEdge(long page, long from, long to, boolean stepwise) {
    while (order(page) > 0 && isPartial(page, from, to)) {
      if (stepwise ? !split(page) : !shatter(page)) {
        return false;
      }
    }
    return true;
  }

  /** The folio at a page becomes ones of the next size; false if it is referenced. */
  boolean split(long gfn) {
    int order = order(gfn);
    return apply(Verb.SPLIT, start(gfn), order, order - FRAME_SHIFT);
  }

  /** The folio at a page becomes 4K ones at once; false if it is referenced. */
  boolean shatter(long gfn) {
    return apply(Verb.SHATTER, start(gfn), order(gfn), 0);
  }

  private boolean apply(Verb verb, long gfn, int order, int left) {
    long pages = 1L << Math.max(order, left);
    if (memory.apply(verb, gfn, pages, Side.PRIVATE) < pages) {
      return false;
    }
    int first = (int) (gfn >>> FRAME_SHIFT);
    if (pages == 1L << GIB_SHIFT) {
      Arrays.fill(orders, first, first + (int) (pages >>> FRAME_SHIFT), (byte) left);
      splitFramesInGib[(int) (gfn >>> GIB_SHIFT)] = left == 0 ? (int) (pages >>> FRAME_SHIFT) : 0;
    } else {
      splitFramesInGib[(int) (gfn >>> GIB_SHIFT)] +=
          (left == 0 ? 1 : 0) - (orders[first] == 0 ? 1 : 0);
      orders[first] = (byte) left;
    }
    return true;
  }

  /** Puts a range on a side, and counts. */
  void set(long gfn, long pages, Side to) {
    long end = gfn + pages;
    for (long at = gfn; at < end; ) {
      long limit = Math.min(end, (at | (Guest.FRAME_PAGES - 1)) + 1);
      long next = pages == 1 ? end : map.runEnd(at, limit);
      if (map.get(at) != to) {
        long more = to == Side.SHARED ? next - at : at - next;
        sharedInFrame[(int) (at >>> FRAME_SHIFT)] += (short) more;
        sharedInGib[(int) (at >>> GIB_SHIFT)] += (int) more;
      }
      at = next;
    }
    map.set(gfn, pages, to);
  }

  /**
   * Restores the folios in a range that are split and whole again. One that is referenced is tried
   * again later, one a call.
   *
   * @param stepwise 4K to 2M to 1G; else only to what the memory was made of
   * @param sharedToo also what is all shared
   */
  void restore(long gfn, long pages, boolean stepwise, boolean sharedToo) {
    if (largest == 0) {
      return;
    }
    restoreRange(gfn, pages, stepwise, sharedToo);
    if (unmerged.size() > 0) {
      retryAt = unmerged.next(retryAt, map.pages());
      if (retryAt == map.pages()) {
        retryAt = unmerged.next(0, map.pages());
      }
      restoreRange(retryAt++, 1, stepwise, sharedToo);
    }
  }

  /** Tries everything that is still to be restored once more. */
  void restoreAll(boolean stepwise, boolean sharedToo) {
    for (long at = unmerged.next(0, map.pages());
        at < map.pages();
        at = unmerged.next(at + 1, map.pages())) {
      restoreRange(at, 1, stepwise, sharedToo);
    }
  }

  private void restoreRange(long gfn, long pages, boolean stepwise, boolean sharedToo) {
    long end = gfn + pages;
    for (long at = gfn; at < end; at = (at | (Guest.FRAME_PAGES - 1)) + 1) {
      int shared = sharedInFrame[(int) (at >>> FRAME_SHIFT)];
      boolean wanted = stepwise || !fits(at, largest) || largest == FRAME_SHIFT;
      if (order(at) == 0 && wanted && isUniform(shared, FRAME_SHIFT, sharedToo)) {
        merge(at, FRAME_SHIFT);
      }
    }
    if (largest == GIB_SHIFT) {
      for (long at = gfn; at < end; at = (at | (1L << GIB_SHIFT) - 1) + 1) {
        int gib = (int) (at >>> GIB_SHIFT);
        boolean ready = !stepwise || splitFramesInGib[gib] == 0;
        if (order(at) < GIB_SHIFT && ready && isUniform(sharedInGib[gib], GIB_SHIFT, sharedToo)) {
          merge(at, GIB_SHIFT);
        }
      }
    }
  }

  private static boolean isUniform(int shared, int order, boolean sharedToo) {
    return shared == 0 || (sharedToo && shared == 1 << order);
  }

  private void merge(long gfn, int order) {
    long start = gfn >>> order << order;
    if (!fits(gfn, order)) {
      return;
    }
    if (apply(Verb.MERGE, start, 0, order)) {
      unmerged.remove(start, 1L << order);
    } else {
      unmerged.add(start, 1);
    }
  }
}
