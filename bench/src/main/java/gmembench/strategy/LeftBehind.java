// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import gmembench.backing.Memory;
import gmembench.guest.Side;
import gmembench.result.Declared;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;
import java.util.Arrays;

/**
 * Pages whose left side has not been discarded, oldest conversion first. Every page carries the
 * entry that left it; an entry that owns no page any more is free at once, so pages that flip use
 * the same few entries again.
 */
final class LeftBehind {
  private static final int FIRST_CAPACITY = 64;

  /** The entry before the oldest and after the newest; a page that it owns was not left. */
  private static final int NOBODY = 0;

  private final Memory memory;
  private final PageInts owner;
  private long[] gfns = new long[FIRST_CAPACITY];
  private long[] counts = new long[FIRST_CAPACITY];
  private long[] owned = new long[FIRST_CAPACITY];
  private int[] stamps = new int[FIRST_CAPACITY];
  private Side[] sides = new Side[FIRST_CAPACITY];
  private int[] older = new int[FIRST_CAPACITY];

  /** For a free entry, the next one that is free. */
  private int[] newer = new int[FIRST_CAPACITY];

  private int free = NOBODY;

  /** Entries that were ever used. */
  private int used = 1;

  private long pages;
  private long strayPages;

  LeftBehind(Memory memory, long guestPages) {
    this.memory = memory;
    this.owner = new PageInts(guestPages);
  }

  /** Pages left and not discarded. */
  long pages() {
    return pages;
  }

  boolean isEmpty() {
    return pages == 0;
  }

  /** The stamp given to the oldest entry. */
  int oldestStamp() {
    return stamps[newer[NOBODY]];
  }

  /** The left side of these pages stays for now. */
  void leave(long gfn, long count, Side side, int stamp) {
    int whole = owner.get(gfn);
    if (whole != NOBODY && owned[whole] == count && counts[whole] == count && gfns[whole] == gfn) {
      sides[whole] = side; // the same range was flipped before: its pages are the entry's already
      stamps[whole] = stamp;
      renew(whole);
      return;
    }
    int entry = add();
    gfns[entry] = gfn;
    counts[entry] = count;
    sides[entry] = side;
    stamps[entry] = stamp;
    owned[entry] = count;
    pages += count;
    give(gfn, count, entry);
  }

  /**
   * A range was touched on a side; what of it is on the other one was allocated there, and is left.
   *
   * @return how many pages
   */
  long stray(PageMap map, long gfn, long count, Side side, int stamp) {
    long strays = 0;
    long end = gfn + count;
    for (long from = gfn; from < end; ) {
      long to = map.runEnd(from, end);
      if (map.get(from) != side) {
        leave(from, to - from, side, stamp);
        strays += to - from;
      }
      from = to;
    }
    strayPages += strays;
    return strays;
  }

  /** Nothing if there were no strays. */
  void report(Metrics metrics) {
    if (strayPages > 0) {
      metrics.put(Declared.STRAY_PAGES, strayPages);
    }
  }

  /** These pages are used again on the side that was left: there is nothing to discard. */
  void reclaim(long gfn, long count) {
    give(gfn, count, NOBODY);
  }

  /** Discards what is left of the oldest entry, a verb for each run. */
  void discardOldest() {
    int entry = newer[NOBODY];
    Side side = sides[entry];
    long end = gfns[entry] + counts[entry];
    for (long from = gfns[entry]; owned[entry] > 0; ) {
      long to = owner.runEnd(from, end);
      if (owner.get(from) == entry) {
        memory.discard(from, to - from, side); // if it fails they are still left, and the oldest
        give(from, to - from, NOBODY);
      }
      from = to;
    }
  }

  /** Pages are an entry's from now on; whose they were has so many fewer. */
  private void give(long gfn, long count, int entry) {
    for (long from = gfn, end = gfn + count; from < end; ) {
      long to = owner.runEnd(from, end);
      take(owner.get(from), to - from);
      from = to;
    }
    owner.set(gfn, count, entry);
  }

  private void take(int entry, long count) {
    if (entry == NOBODY) {
      return;
    }
    pages -= count;
    owned[entry] -= count;
    if (owned[entry] == 0) {
      remove(entry);
    }
  }

  /** An entry that is the newest. */
  private int add() {
    int entry = free;
    if (entry == NOBODY) {
      entry = used++;
      if (entry == gfns.length) {
        grow();
      }
    } else {
      free = newer[entry];
    }
    append(entry);
    return entry;
  }

  /** The entry is the newest from now on. */
  private void renew(int entry) {
    if (newer[entry] != NOBODY) {
      link(older[entry], newer[entry]);
      append(entry);
    }
  }

  private void append(int entry) {
    link(older[NOBODY], entry);
    link(entry, NOBODY);
  }

  private void remove(int entry) {
    link(older[entry], newer[entry]);
    newer[entry] = free;
    free = entry;
  }

  private void link(int before, int after) {
    newer[before] = after;
    older[after] = before;
  }

  private void grow() {
    int capacity = 2 * gfns.length;
    gfns = Arrays.copyOf(gfns, capacity);
    counts = Arrays.copyOf(counts, capacity);
    owned = Arrays.copyOf(owned, capacity);
    stamps = Arrays.copyOf(stamps, capacity);
    sides = Arrays.copyOf(sides, capacity);
    older = Arrays.copyOf(older, capacity);
    newer = Arrays.copyOf(newer, capacity);
  }
}
