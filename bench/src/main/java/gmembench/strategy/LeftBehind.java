// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import gmembench.backing.Memory;
import gmembench.workload.Side;

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
    reclaim(gfn, count);
    int at = slot(size++);
    gfns[at] = gfn;
    counts[at] = count;
    sides[at] = side;
    stamps[at] = stamp;
    owner.set(gfn, count, ++lastNumber);
    pages += count;
  }

  /** These pages are used again on the side that was left: there is nothing to discard. */
  void reclaim(long gfn, long count) {
    for (long page = gfn; page < gfn + count; page++) {
      if (owner.get(page) != 0) {
        pages--;
      }
    }
    owner.set(gfn, count, 0);
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

  /** Drops entries that own no page any more, and makes room if that is not enough. */
  private void compact() {
    int capacity = gfns.length;
    int firstNumber = lastNumber - size + 1;
    long[] keptGfns = new long[capacity];
    long[] keptCounts = new long[capacity];
    int[] keptStamps = new int[capacity];
    Side[] keptSides = new Side[capacity];
    int kept = 0;
    for (int i = 0; i < size; i++) {
      int at = slot(i);
      if (renumber(gfns[at], counts[at], firstNumber + i, kept + 1)) {
        keptGfns[kept] = gfns[at];
        keptCounts[kept] = counts[at];
        keptStamps[kept] = stamps[at];
        keptSides[kept++] = sides[at];
      }
    }
    boolean grow = kept > capacity / 2;
    gfns = grow ? java.util.Arrays.copyOf(keptGfns, capacity * 2) : keptGfns;
    counts = grow ? java.util.Arrays.copyOf(keptCounts, capacity * 2) : keptCounts;
    stamps = grow ? java.util.Arrays.copyOf(keptStamps, capacity * 2) : keptStamps;
    sides = grow ? java.util.Arrays.copyOf(keptSides, capacity * 2) : keptSides;
    head = 0;
    size = kept;
    lastNumber = kept;
  }

  /**
   * New numbers are never above the old ones and both ascend, so a page that was renumbered cannot
   * be mistaken for one of a later entry.
   */
  private boolean renumber(long gfn, long count, int from, int to) {
    boolean any = false;
    for (long page = gfn; page < gfn + count; page++) {
      if (owner.get(page) == from) {
        owner.set(page, 1, to);
        any = true;
      }
    }
    return any;
  }
}
