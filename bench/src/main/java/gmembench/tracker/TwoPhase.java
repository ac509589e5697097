// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import gmembench.guest.Side;
import java.util.Arrays;

/**
 * Conversions in two phases: the guest's request marks pages as pending, and the host completes or
 * cancels them later, as with a mark of the XArray. The map changes when a page is completed.
 *
 * <p>The rule for overlaps: a request that meets a page which is pending to the <em>other</em> side
 * is refused as a whole, with nothing changed (the guest tries again, as after EAGAIN). A request
 * to the <em>same</em> side is merged: a page is pending once, however often it was asked for, and
 * whoever completes or cancels it first does so for all.
 *
 * <p>Safe for any number of threads, which wait for each other as on KVM's slots_lock; while pages
 * are pending the map is to be written through here only. Meant for a few pending ranges, about one
 * for each vCPU: they are kept sorted in arrays, so that nothing is allocated once these have
 * grown.
 */
public final class TwoPhase {
  private final PageMap map;
  private long[] from = new long[16];
  private long[] to = new long[16];
  private Side[] side = new Side[16];
  private int size;

  TwoPhase(PageMap map) {
    this.map = map;
  }

  /** Marks a range as pending; false if it is refused. */
  public synchronized boolean begin(long gfn, long pages, Side target) {
    PageMap.check(gfn, pages, map.pages());
    long end = gfn + pages;
    int first = firstEndingAfter(gfn - 1);
    int last = first;
    long start = gfn;
    long stop = end;
    for (; last < size && from[last] <= end; last++) {
      boolean touchesOnly = to[last] == gfn || from[last] == end;
      if (side[last] == target) {
        start = Math.min(start, from[last]);
        stop = Math.max(stop, to[last]);
      } else if (!touchesOnly) {
        return false;
      }
    }
    if (first < last && side[first] != target && to[first] == gfn) {
      first++;
    }
    if (first < last && side[last - 1] != target) {
      last--;
    }
    resize(first, last, 1);
    put(first, start, stop, target);
    return true;
  }

  /** Converts the pages of a range that are pending; returns how many. */
  public synchronized long complete(long gfn, long pages) {
    PageMap.check(gfn, pages, map.pages());
    long end = gfn + pages;
    for (int i = firstEndingAfter(gfn); i < size && from[i] < end; i++) {
      long start = Math.max(gfn, from[i]);
      map.set(start, Math.min(end, to[i]) - start, side[i]);
    }
    return drop(gfn, end);
  }

  /** Forgets the pages of a range that are pending; returns how many. */
  public synchronized long cancel(long gfn, long pages) {
    PageMap.check(gfn, pages, map.pages());
    return drop(gfn, gfn + pages);
  }

  public synchronized boolean isPending(long gfn) {
    PageMap.check(gfn, 1, map.pages());
    int i = firstEndingAfter(gfn);
    return i < size && from[i] <= gfn;
  }

  /** Pages that are pending. */
  public synchronized long pendingPages() {
    long pages = 0;
    for (int i = 0; i < size; i++) {
      pages += to[i] - from[i];
    }
    return pages;
  }

  /** Bytes on the Java heap, on top of the map's. */
  public synchronized long bytes() {
    return from.length * 20L;
  }

  private long drop(long gfn, long end) {
    int first = firstEndingAfter(gfn);
    int last = first;
    long dropped = 0;
    for (; last < size && from[last] < end; last++) {
      dropped += Math.min(end, to[last]) - Math.max(gfn, from[last]);
    }
    if (first < last) {
      cut(first, last, gfn, end);
    }
    return dropped;
  }

  /** Leaves of the ranges from {@code first} to {@code last} what is outside gfn to end. */
  private void cut(int first, int last, long gfn, long end) {
    long headFrom = from[first];
    Side headSide = side[first];
    long tailTo = to[last - 1];
    Side tailSide = side[last - 1];
    int head = headFrom < gfn ? 1 : 0;
    int tail = tailTo > end ? 1 : 0;
    resize(first, last, head + tail);
    if (head > 0) {
      put(first, headFrom, gfn, headSide);
    }
    if (tail > 0) {
      put(first + head, end, tailTo, tailSide);
    }
  }

  private void put(int i, long start, long stop, Side target) {
    from[i] = start;
    to[i] = stop;
    side[i] = target;
  }

  /** Makes the ranges from {@code first} to {@code last} so many, moving those that follow. */
  private void resize(int first, int last, int count) {
    int newSize = size - (last - first) + count;
    if (newSize > from.length) {
      from = Arrays.copyOf(from, 2 * newSize);
      to = Arrays.copyOf(to, 2 * newSize);
      side = Arrays.copyOf(side, 2 * newSize);
    }
    int rest = size - last;
    System.arraycopy(from, last, from, first + count, rest);
    System.arraycopy(to, last, to, first + count, rest);
    System.arraycopy(side, last, side, first + count, rest);
    size = newSize;
  }

  /** The first range that has a page after {@code gfn} or at it. */
  private int firstEndingAfter(long gfn) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (to[middle] > gfn) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
