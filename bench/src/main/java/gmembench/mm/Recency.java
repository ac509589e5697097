// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import module java.base;

import gmembench.guest.Side;
import gmembench.tracker.PageMap;
import java.util.Arrays;

/**
 * What a CPU's caches still hold of a guest's pages, estimated by reuse distance in cache lines:
 * the page, its struct page, its entries, and of 64 pages their node and their line of entries.
 */
public final class Recency {
  private static final long LINE_BYTES = 64;

  /** A page that is zeroed, or copied. */
  static final long LINES_A_FAULT = 64;

  /** For any page: its word, and its struct page or its entry. */
  static final long LINES_A_PAGE = 2;

  /** A page is away (L2-cold) when more cache lines than this were used since it was. */
  private final long ownLines;

  /** The same for far (LLC-cold). */
  private final long nearLines;

  /** Cache lines that were used so far. */
  private long used;

  /** By side: when a group of 64 pages was last used. */
  private final Ages[] uses;

  /** By side: when all 64 lines of a page were; a touch uses one of them. */
  private final Ages[] fills;

  /**
   * By side: when of a group any page was, through the kernel's own mapping, whose entries are not
   * those that touches use.
   */
  private final Ages[] groupFills;

  /** Free huge folios, the last one first: {@link #used} when they were filled. */
  private long[] free = new long[16];

  private int freeCount;
  private long away;
  private long far;

  public Recency(long guestPages, HostSizes host) {
    ownLines = host.l2Bytes() / LINE_BYTES;
    nearLines = host.llcShareBytes() / LINE_BYTES;
    uses = bySide(guestPages, 6);
    fills = bySide(guestPages, 0);
    groupFills = bySide(guestPages, 6);
  }

  private Ages[] bySide(long guestPages, int shift) {
    long never = -nearLines - 1;
    return new Ages[] {new Ages(guestPages, shift, never), new Ages(guestPages, shift, never)};
  }

  /** Is it more than a CPU's own cache holds? */
  boolean isMoreThanOwn(long lines) {
    return lines > ownLines;
  }

  /** {@link #used} when each group of so many pages was last used, in blocks that are made late. */
  private static final class Ages {
    private static final int BLOCK_SHIFT = 12;

    /** A folio may stick out of the guest. */
    private static final long MOST_OUT = 1L << PageMap.ORDER_1G;

    private final int shift;
    private final long groups;
    private final long never;
    private long[][] blocks = {};

    Ages(long guestPages, int shift, long never) {
      this.shift = shift;
      this.never = never;
      this.groups = (guestPages + MOST_OUT) >>> shift;
    }

    /** The first page of the next group. */
    long next(long gfn) {
      return ((gfn >>> shift) + 1) << shift;
    }

    void set(long gfn, long used) {
      block(gfn)[index(gfn)] = used;
    }

    int index(long gfn) {
      return (int) (gfn >>> shift) & ((1 << BLOCK_SHIFT) - 1);
    }

    long[] block(long gfn) {
      if (blocks.length == 0) {
        blocks = new long[Math.toIntExact((groups >>> BLOCK_SHIFT) + 1)][];
      }
      int block = (int) (gfn >>> (shift + BLOCK_SHIFT));
      if (blocks[block] == null) {
        blocks[block] = new long[1 << BLOCK_SHIFT];
        Arrays.fill(blocks[block], never);
      }
      return blocks[block];
    }
  }

  /** Uses lines that belong to no page, or that a range uses in addition. */
  void use(long lines) {
    used = Math.addExact(used, lines);
  }

  /**
   * Finds what of a range is away, or far.
   *
   * @param content is used too, not what the kernel keeps of the pages alone
   */
  void meet(long gfn, long pages, Side side, boolean content) {
    begin();
    find(uses[side.ordinal()], gfn, pages, content);
  }

  /** Nothing of a call's ranges was found yet. */
  private void begin() {
    away = 0;
    far = 0;
  }

  /**
   * A punch meets the pages that it finds in the file (find_get_entries); absent ones have no
   * struct page to look at. Returns how many it finds.
   */
  long meetResident(Ledger ledger, long gfn, long pages, Side side, Side file) {
    long end = gfn + pages;
    long found = 0;
    begin();
    for (long from = ledger.next(gfn, end, side); from < end; ) {
      long to = ledger.nextAbsent(from, end, side);
      find(uses[file.ordinal()], from, to - from, false);
      found += to - from;
      from = ledger.next(to, end, side);
    }
    return found;
  }

  /** {@code some * part / whole}, also where some times part is more than 2^63: from 12 TiB on. */
  static long share(long some, long part, long whole) {
    if (part == 0) {
      return 0;
    }
    return Math.multiplyHigh(some, part) == 0
        ? Long.divideUnsigned(some * part, whole)
        : BigInteger.valueOf(some)
            .multiply(BigInteger.valueOf(part))
            .divide(BigInteger.valueOf(whole))
            .longValueExact();
  }

  /**
   * All of a range is zeroed, or copied. Finds what of the kernel's mapping of it is away, or far;
   * returns how many of its pages no near cache held as a whole.
   */
  public long zero(long gfn, long pages, Side side) {
    begin();
    find(fills[side.ordinal()], gfn, pages, true);
    long cold = far;
    begin();
    find(groupFills[side.ordinal()], gfn, pages, true);
    use(LINES_A_FAULT * pages);
    return cold;
  }

  private void find(Ages ages, long gfn, long pages, boolean isUsed) {
    long end = gfn + pages;
    for (long at = gfn; at < end; at = ages.next(at)) {
      long[] block = ages.block(at);
      int index = ages.index(at);
      long since = used - block[index];
      block[index] = isUsed ? used : block[index];
      if (isMoreThanOwn(since)) {
        long count = Math.min(end, ages.next(at)) - at;
        away += count;
        far += since > nearLines ? count : 0;
      }
    }
  }

  /** Whole pages were written just now. */
  void fill(long gfn, long pages, Side side) {
    int i = side.ordinal();
    for (Ages ages : new Ages[] {uses[i], fills[i], groupFills[i]}) {
      for (long at = gfn; at < gfn + pages; at = ages.next(at)) {
        ages.set(at, used);
      }
    }
  }

  /** Pages of the range that was met which are away: those that are far among them. */
  long away() {
    return away;
  }

  long far() {
    return far;
  }

  /** Lines used so far: what {@link #freeHuge} wants of a folio that was filled just now. */
  long used() {
    return used;
  }

  /**
   * A huge folio is allocated and written: the one that was freed last. Returns whether caches held
   * it.
   */
  boolean takeHuge(long pages) {
    boolean isNear = freeCount > 0 && used - free[--freeCount] <= nearLines;
    use(LINES_A_FAULT * pages);
    return isNear;
  }

  /**
   * A huge folio is freed.
   *
   * @param filledAt {@link #used} when it was filled
   */
  void freeHuge(long filledAt) {
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, 2 * freeCount);
    }
    free[freeCount++] = filledAt;
  }
}
