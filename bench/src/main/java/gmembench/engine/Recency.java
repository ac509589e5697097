// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.workload.Side;
import java.util.Arrays;

/**
 * What a CPU's caches still hold of a guest's pages, told by how many cache lines were used since
 * each was used last: the page, its struct page, its entries, and of 64 pages their node and their
 * line of entries.
 */
final class Recency {
  /**
   * A page is far when more cache lines than this were used since it was last used: 8 MiB, what one
   * CPU may keep of a last-level cache that others use too.
   */
  static final long NEAR_LINES = 1 << 17;

  /**
   * A page is away when more cache lines than this were used since, 1 MiB: neither the TLB nor a
   * CPU's own cache hold anything of it, but the last level may.
   */
  static final long OWN_LINES = 1 << 14;

  /** A page that is zeroed, or copied. */
  static final long LINES_A_FAULT = 64;

  /** Of any page: its word, and its struct page or its entry. */
  static final long LINES_A_PAGE = 2;

  private static final int BLOCK_SHIFT = 12;

  /** Cache lines that were used so far. */
  private long used;

  /** By side: {@link #used} when a group of 64 pages was last used, in blocks of 1 GiB. */
  private final long[][][] lastUse;

  /** Free huge folios, the last one first: {@link #used} when they were filled. */
  private long[] free = new long[16];

  private int freeCount;
  private long away;
  private long far;

  Recency(long guestPages) {
    int blocks = Math.toIntExact(((guestPages - 1) >>> (6 + BLOCK_SHIFT)) + 1);
    lastUse = new long[2][blocks][];
  }

  /** Lines are used that are nobody's, or a range's besides. */
  void use(long lines) {
    used += lines;
  }

  /**
   * Finds what of a range is away, or far.
   *
   * @param uses the content too, not what the kernel keeps of the pages alone
   */
  void meet(long gfn, long pages, Side side, boolean uses) {
    away = 0;
    far = 0;
    long end = gfn + pages;
    for (long at = gfn; at < end; at = (at | 63) + 1) {
      long[] block = lastUse(at, side);
      int group = (int) (at >>> 6) & ((1 << BLOCK_SHIFT) - 1);
      long since = used - block[group];
      block[group] = uses ? used : block[group];
      if (since > OWN_LINES) {
        long count = Math.min(end, (at | 63) + 1) - at;
        away += count;
        far += since > NEAR_LINES ? count : 0;
      }
    }
    used += LINES_A_PAGE * pages;
  }

  private long[] lastUse(long gfn, Side side) {
    long[][] blocks = lastUse[side.ordinal()];
    int block = (int) (gfn >>> (6 + BLOCK_SHIFT));
    if (blocks[block] == null) {
      blocks[block] = new long[1 << BLOCK_SHIFT];
      Arrays.fill(blocks[block], -NEAR_LINES - 1);
    }
    return blocks[block];
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
    boolean isNear = freeCount > 0 && used - free[--freeCount] <= NEAR_LINES;
    used += LINES_A_FAULT * pages;
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
