// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import gmembench.backing.Memory;
import gmembench.workload.Side;
import java.util.Arrays;

/**
 * Pages whose left side has not been discarded, oldest conversion first. Every page carries the
 * number of the entry that left it, so that an entry knows which of its pages are still its own.
 */
final class LeftBehind {
  private static final int FIRST_CAPACITY = 1024;

  private final Memory memory;
  private final PageInts owner;
  private long[] gfns = new long[FIRST_CAPACITY];
  private long[] counts = new long[FIRST_CAPACITY];
  private int[] stamps = new int[FIRST_CAPACITY];
  private Side[] sides = new Side[FIRST_CAPACITY];
  private int head;
  private int size;
  private int lastNumber;
  private long pages;

  LeftBehind(Memory memory, long guestPages) {
    this.memory = memory;
    this.owner = new PageInts(guestPages);
  }

  /** Pages left and not discarded. */
  long pages() {
    return pages;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The stamp given to the oldest entry. */
  int oldestStamp() {
    return stamps[head];
  }

  /** The left side of these pages stays for now. */
  void leave(long gfn, long count, Side side, int stamp) {
    if (size == gfns.length) {
      compact();
    }
    int at = slot(size++);
    gfns[at] = gfn;
    counts[at] = count;
    sides[at] = side;
    stamps[at] = stamp;
    pages += count - owner.replace(gfn, count, ++lastNumber);
  }

  /** These pages are used again on the side that was left: there is nothing to discard. */
  void reclaim(long gfn, long count) {
    pages -= owner.replace(gfn, count, 0);
  }

  /** Discards what is left of the oldest entry, a verb for each run. */
  void discardOldest() {
    int number = lastNumber - size + 1;
    long end = gfns[head] + counts[head];
    Side side = sides[head];
    for (long from = gfns[head]; from < end; from++) {
      long to = from;
      while (to < end && owner.get(to) == number) {
        to++;
      }
      if (to > from) {
        memory.discard(from, to - from, side); // if it fails they are still left, and the oldest
        owner.set(from, to - from, 0);
        pages -= to - from;
        from = to;
      }
    }
    head = slot(1);
    size--;
  }

  private int slot(int index) {
    return (head + index) & (gfns.length - 1);
  }

  /**
   * Drops entries that own no page any more, and makes room if that is not enough. New numbers are
   * never above the old ones and both ascend, so a page that was renumbered cannot be mistaken for
   * one of a later entry.
   */
  private void compact() {
    int firstNumber = lastNumber - size + 1;
    int kept = 0;
    for (int i = 0; i < size; i++) {
      int from = slot(i);
      if (owner.exchange(gfns[from], counts[from], firstNumber + i, kept + 1)) {
        int to = slot(kept++);
        gfns[to] = gfns[from];
        counts[to] = counts[from];
        stamps[to] = stamps[from];
        sides[to] = sides[from];
      }
    }
    size = kept;
    lastNumber = kept;
    if (kept > gfns.length / 2) {
      grow();
    }
  }

  /** Twice the room; the second half takes what the ring had wrapped round to its beginning. */
  private void grow() {
    int capacity = gfns.length;
    gfns = Arrays.copyOf(gfns, 2 * capacity);
    counts = Arrays.copyOf(counts, 2 * capacity);
    stamps = Arrays.copyOf(stamps, 2 * capacity);
    sides = Arrays.copyOf(sides, 2 * capacity);
    System.arraycopy(gfns, 0, gfns, capacity, head);
    System.arraycopy(counts, 0, counts, capacity, head);
    System.arraycopy(stamps, 0, stamps, capacity, head);
    System.arraycopy(sides, 0, sides, capacity, head);
  }
}
