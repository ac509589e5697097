// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import module java.base;

import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.mm.GibFolios.Table;

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

  /** By table: the order of the entry that maps a page, or none. */
  final Map<Table, byte[]> entries = new EnumMap<>(Table.class);

  NaiveFolios(int pages, int order, boolean keepsLarge) {
    this.order = new byte[pages];
    this.shared = new boolean[pages];
    this.pins = new int[pages];
    this.keepsLarge = keepsLarge;
    for (Table table : Table.values()) {
      byte[] none = new byte[pages];
      java.util.Arrays.fill(none, NONE);
      entries.put(table, none);
    }
    for (int page = 0; page < pages; page++) {
      int most = order;
      while (most > 0 && ((page >>> most) + 1) << most > pages) {
        most -= 9;
      }
      this.order[page] = (byte) most;
    }
    this.atFirst = this.order.clone();
  }

  private byte[] of(Table table) {
    return Objects.requireNonNull(entries.get(table));
  }

  boolean mapped(int page) {
    return of(Table.HOST)[page] != NONE;
  }

  /** Puts in an entry for each page that has none. */
  int enter(int gfn, int pages, Table table) {
    byte[] of = of(table);
    Side side = table == Table.OF_PRIVATE ? Side.PRIVATE : Side.SHARED;
    int made = 0;
    for (int page = gfn; page < gfn + pages; page++) {
      if (of[page] == NONE) {
        int size = table != Table.HOST && keepsLarge ? atFirst[page] : order[page];
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
  int zap(int gfn, int pages, Table table) {
    byte[] of = of(table);
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

  /** What a verb makes or drops: the host uses what is shared, the guest all. */
  int verb(Verb verb, int gfn, int pages, Side side) {
    int sum = 0;
    for (Table table : Table.values()) {
      boolean isPrivate = table == Table.OF_PRIVATE;
      if (isPrivate == (side == Side.PRIVATE)
          && !(table == Table.OF_SHARED && verb == Verb.HOST_TOUCH)) {
        sum += verb == Verb.UNMAP ? zap(gfn, pages, table) : enter(gfn, pages, table);
      }
    }
    return sum;
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
    zap(gfn, pages, Table.HOST);
    if (!keepsLarge && to < order[gfn]) {
      zap(gfn, pages, Table.OF_PRIVATE);
      zap(gfn, pages, Table.OF_SHARED);
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
