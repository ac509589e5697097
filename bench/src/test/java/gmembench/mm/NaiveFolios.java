// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import module java.base;

import gmembench.guest.Side;

/**
 * Orders, entries, sides and pins by page. By hand: a frame of order 9 is entered by the host while
 * page 7 of it is private: 511 entries of 4K; once page 7 is shared, a touch of it makes one entry
 * of 2M, and a zap of page 3 drops that one entry and 512 pages.
 */
final class NaiveFolios {
  static final byte NONE = -1;

  final byte[] order;
  final byte[] atFirst;
  final boolean[] shared;
  final int[] pins;
  final boolean keepsLarge;

  /** By side, PRIVATE first: the order of the entry that maps a page, or none. */
  final byte[][] entries;

  NaiveFolios(int pages, int order, boolean keepsLarge) {
    this.order = new byte[pages];
    this.shared = new boolean[pages];
    this.pins = new int[pages];
    this.entries = new byte[2][pages];
    this.keepsLarge = keepsLarge;
    java.util.Arrays.fill(entries[0], NONE);
    java.util.Arrays.fill(entries[1], NONE);
    for (int page = 0; page < pages; page++) {
      int most = order;
      while (most > 0 && ((page >>> most) + 1) << most > pages) {
        most -= 9;
      }
      this.order[page] = (byte) most;
    }
    this.atFirst = this.order.clone();
  }

  boolean mapped(int page) {
    return entries[1][page] != NONE;
  }

  /** Puts in an entry for each page that has none. */
  int enter(int gfn, int pages, Side side) {
    byte[] of = entries[side.ordinal()];
    int made = 0;
    for (int page = gfn; page < gfn + pages; page++) {
      if (of[page] == NONE) {
        int size = side == Side.PRIVATE && keepsLarge ? atFirst[page] : order[page];
        while (size > 0 && !isUniform(page, size, side)) {
          size -= 9;
        }
        int start = page >>> size << size;
        java.util.Arrays.fill(of, start, start + (1 << size), (byte) size);
        made++;
      }
    }
    return made;
  }

  boolean isUniform(int page, int size, Side side) {
    int start = page >>> size << size;
    for (int i = start; i < start + (1 << size); i++) {
      if (shared[i] != (side == Side.SHARED)) {
        return false;
      }
    }
    return true;
  }

  /** Takes out the entries that map a range, whole; returns how many. */
  int zap(int gfn, int pages, Side side) {
    byte[] of = entries[side.ordinal()];
    int gone = 0;
    for (int page = gfn; page < gfn + pages; page++) {
      if (of[page] != NONE) {
        int start = page >>> of[page] << of[page];
        java.util.Arrays.fill(of, start, start + (1 << of[page]), NONE);
        gone++;
      }
    }
    return gone;
  }

  /** A pin of the folio's, or for a check (a split unmaps by itself) a mapping of the host's. */
  boolean held(int page, boolean isCheck) {
    int size = order[page];
    for (int i = page >>> size << size; i < (page >>> size << size) + (1 << size); i++) {
      if (pins[i] > 0 || (isCheck && mapped(i))) {
        return true;
      }
    }
    return false;
  }

  long check(int gfn, int pages) {
    for (int page = gfn; page < gfn + pages; page = ((page >>> order[page]) + 1) << order[page]) {
      if (held(page, true)) {
        return (long) page - gfn;
      }
    }
    return pages;
  }

  boolean reshape(int gfn, int pages, int to) {
    for (int page = gfn; page < gfn + pages; page++) {
      if (pins[page] > 0) {
        return false;
      }
    }
    zap(gfn, pages, Side.SHARED);
    if (!keepsLarge && to < order[gfn]) {
      zap(gfn, pages, Side.PRIVATE);
    }
    java.util.Arrays.fill(order, gfn, gfn + pages, (byte) to);
    return true;
  }

  long lostBytes() {
    long saved = 0;
    for (int page = 0; page < order.length; page += 1 << order[page]) {
      saved += saved(order[page]);
    }
    return -saved;
  }

  static long saved(int order) {
    return order == 18 ? (16 << 20) - 4096 : order == 9 ? 28 << 10 : 0;
  }
}
