// SPDX-License-Identifier: Apache-2.0
package gmembench.guest;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A set of pages: one bit each, in blocks of 1 GiB of guest that are allocated when first needed,
 * so that a 12 TiB guest of which little is used, or all, costs little.
 */
public final class PageSet {
  private static final int BLOCK_SHIFT = 18;
  private static final long BLOCK_PAGES = 1L << BLOCK_SHIFT;
  private static final int WORD_MASK = (1 << (BLOCK_SHIFT - 6)) - 1;

  /**
   * A block of which every page was added at once. Not written, as it stands for many; a word
   * longer than others, by which it is known.
   */
  private static final long[] FULL = new long[WORD_MASK + 2];

  static {
    Arrays.fill(FULL, -1L);
  }

  private final long pages;
  private final long[][] blocks;
  private long size;

  /** An empty set over gfns from 0 to {@code pages} exclusive. */
  public PageSet(long pages) {
    this.pages = pages;
    this.blocks = new long[Math.toIntExact(((pages - 1) >>> BLOCK_SHIFT) + 1)][];
  }

  /** Number of pages in the set. */
  public long size() {
    return size;
  }

  public boolean contains(long gfn) {
    long[] block = blocks[(int) (gfn >>> BLOCK_SHIFT)];
    return block != null && (block[(int) (gfn >>> 6) & WORD_MASK] >>> gfn & 1) != 0;
  }

  /** The 64 pages from {@code word * 64} as bits. */
  private long word(long word) {
    long[] block = blocks[(int) (word >>> (BLOCK_SHIFT - 6))];
    return block == null ? 0 : block[(int) word & WORD_MASK];
  }

  /** Adds a range and returns how many of its pages are new. */
  public long add(long gfn, long count) {
    long before = size;
    long end = gfn + count;
    for (long at = gfn; at < end; at = (at | 63) + 1) {
      int index = (int) (at >>> BLOCK_SHIFT);
      long[] block = blocks[index];
      if (isFull(block) || (block == null && fill(index, at, end))) {
        at |= BLOCK_PAGES - 1;
        continue;
      }
      if (block == null) {
        block = new long[WORD_MASK + 1];
        blocks[index] = block;
      }
      int i = (int) (at >>> 6) & WORD_MASK;
      long fresh = mask(at, end) & ~block[i];
      block[i] |= fresh;
      size += Long.bitCount(fresh);
    }
    return size - before;
  }

  /** Is all of an empty block to be added? Then it is. */
  private boolean fill(int index, long at, long end) {
    if ((at & (BLOCK_PAGES - 1)) != 0 || end - at < BLOCK_PAGES) {
      return false;
    }
    blocks[index] = FULL;
    size += BLOCK_PAGES;
    return true;
  }

  /** Removes a range and returns how many of its pages were there. */
  public long remove(long gfn, long count) {
    long before = size;
    long end = gfn + count;
    for (long at = gfn; at < end; at = (at | 63) + 1) {
      int index = (int) (at >>> BLOCK_SHIFT);
      long[] block = blocks[index];
      if (block == null) {
        at |= BLOCK_PAGES - 1;
        continue;
      }
      if ((at & (BLOCK_PAGES - 1)) == 0 && end - at >= BLOCK_PAGES) {
        size -= count(block);
        blocks[index] = null;
        at |= BLOCK_PAGES - 1;
        continue;
      }
      if (isFull(block)) {
        block = Arrays.copyOf(FULL, WORD_MASK + 1);
        blocks[index] = block;
      }
      int i = (int) (at >>> 6) & WORD_MASK;
      long gone = mask(at, end) & block[i];
      block[i] &= ~gone;
      size -= Long.bitCount(gone);
    }
    return before - size;
  }

  private static boolean isFull(long @Nullable [] block) {
    return block != null && block.length == FULL.length;
  }

  private static long count(long[] block) {
    if (isFull(block)) {
      return BLOCK_PAGES;
    }
    long count = 0;
    for (long word : block) {
      count += Long.bitCount(word);
    }
    return count;
  }

  /** The first page at or after {@code gfn} that is in the set, or {@code limit}. */
  public long next(long gfn, long limit) {
    return scan(gfn, limit, 0);
  }

  /** The first page at or after {@code gfn} that is not in the set, or {@code limit}. */
  public long nextAbsent(long gfn, long limit) {
    return scan(gfn, limit, -1);
  }

  /** The end of the run of pages that are in the set, or are not, as {@code gfn} is. */
  public long runEnd(long gfn, long limit) {
    return contains(gfn) ? nextAbsent(gfn, limit) : next(gfn, limit);
  }

  private long scan(long gfn, long limit, long flip) {
    long at = gfn;
    while (at < limit) {
      long[] block = blocks[(int) (at >>> BLOCK_SHIFT)];
      if (flip == 0 ? block == null : isFull(block)) {
        at = ((at >>> BLOCK_SHIFT) + 1) << BLOCK_SHIFT;
        continue;
      }
      long bits = (word(at >>> 6) ^ flip) & (-1L << at);
      if (bits != 0) {
        return Math.min(limit, (at & -64) + Long.numberOfTrailingZeros(bits));
      }
      at = (at | 63) + 1;
    }
    return limit;
  }

  /** How many aligned groups of {@code 1 << order} pages have a page in the set. */
  public long folios(int order) {
    if (order == 0) {
      return size;
    }
    long folio = 1L << order;
    long count = 0;
    for (long at = next(0, pages); at < pages; count++) {
      long end = (at | (folio - 1)) + 1;
      at = end < pages ? next(end, pages) : pages;
    }
    return count;
  }

  /** A run of neighbouring pages. */
  public interface Run {
    void range(long gfn, long pages);
  }

  /** Calls for every maximal run in a range, in order. */
  public void forEachRun(long gfn, long count, Run run) {
    long end = gfn + count;
    for (long from = next(gfn, end); from < end; ) {
      long to = nextAbsent(from, end);
      run.range(from, to - from);
      from = next(to, end);
    }
  }

  public void forEachRun(Run run) {
    forEachRun(0, pages, run);
  }

  private static long mask(long at, long end) {
    long mask = -1L << at;
    return (at | 63) < end ? mask : mask & (-1L >>> -end);
  }
}
