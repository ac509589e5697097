// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.guest.PageSet;
import gmembench.guest.Side;
import java.util.Arrays;

/**
 * Which pages are resident on which side: two bits each, with those of 64 pages beside each other,
 * so that a verb meets one cache line. In blocks of 2 MiB of guest; one that is all the same is a
 * constant, so that a 12 TiB guest of which little is used, or all, costs little, and so does
 * sparse use all over it.
 */
final class Residency {
  private static final int BLOCK_SHIFT = 9;
  private static final long BLOCK_PAGES = 1L << BLOCK_SHIFT;
  private static final int PAIR_MASK = (1 << (BLOCK_SHIFT - 6)) - 1;
  private static final int BLOCK_WORDS = 2 << (BLOCK_SHIFT - 6);

  /** A block that may be written has one word more, which tells it from a constant. */
  private static final int OWN_WORDS = BLOCK_WORDS + 1;

  /** By sides, PRIVATE the lower bit: all pages of the block are resident on these. Not written. */
  private static final long[][] SAME = {same(0), same(1), same(2), same(3)};

  private final boolean oneFile;
  private final long[][] blocks;
  private final long[] sizes = new long[2];
  private long both;

  /**
   * @param oneFile a page is on one side at most: one that is put on a side leaves the other, and
   *     one that is taken off a side is taken off both
   */
  Residency(long pages, boolean oneFile) {
    this.oneFile = oneFile;
    blocks = new long[Math.toIntExact(((pages - 1) >>> BLOCK_SHIFT) + 1)][];
    Arrays.fill(blocks, SAME[0]);
  }

  private static long[] same(int sides) {
    long[] words = new long[BLOCK_WORDS];
    for (int i = 0; i < BLOCK_WORDS; i++) {
      words[i] = (sides >> (i & 1) & 1) == 0 ? 0 : -1L;
    }
    return words;
  }

  /** Pages on a side. */
  long size(Side side) {
    return sizes[side.ordinal()];
  }

  /** Pages in a side's file. */
  long fileSize(Side side) {
    return oneFile ? sizes[0] + sizes[1] : size(side);
  }

  /** Pages on both sides. */
  long both() {
    return both;
  }

  /** Is a page in a side's file? */
  boolean contains(long gfn, Side side) {
    return (word(gfn, side.ordinal()) >>> gfn & 1) != 0;
  }

  /** The 64 pages of a side's file that a page is among. */
  private long word(long gfn, int side) {
    long[] block = blocks[(int) (gfn >>> BLOCK_SHIFT)];
    int at = ((int) (gfn >>> 6) & PAIR_MASK) << 1 | side;
    return oneFile ? block[at] | block[at ^ 1] : block[at];
  }

  /** The pages that are on a side. */
  @SuppressWarnings("ReferenceEquality") // the shared block itself
  PageSet copy(Side side) {
    PageSet all = new PageSet(blocks.length * BLOCK_PAGES);
    for (int i = 0; i < blocks.length; i++) {
      for (int group = 0; blocks[i] != SAME[0] && group <= PAIR_MASK; group++) {
        long bits = blocks[i][group << 1 | side.ordinal()];
        for (long gfn = (long) i << BLOCK_SHIFT | (long) group << 6; bits != 0; bits &= bits - 1) {
          all.add(gfn + Long.numberOfTrailingZeros(bits), 1);
        }
      }
    }
    return all;
  }

  /** The first page from here on that is in a side's file, or is not, or the end. */
  long next(long gfn, long end, Side side, boolean resident) {
    for (long at = gfn; at < end; at = (at | 63) + 1) {
      long word = word(at, side.ordinal());
      long bits = (resident ? word : ~word) & (-1L << at);
      if (bits != 0) {
        return Math.min(end, (at & -64) + Long.numberOfTrailingZeros(bits));
      }
    }
    return end;
  }

  /**
   * How many of the aligned groups of 64 pages that a range touches have no page in a side's file:
   * a group is what a node of the page cache's XArray holds.
   */
  long emptyGroups(long gfn, long pages, Side side) {
    long empty = 0;
    for (long at = gfn & -64; at < gfn + pages; at += 64) {
      empty += word(at, side.ordinal()) == 0 ? 1 : 0;
    }
    return empty;
  }

  /** Puts a range on a side and returns how many of its pages were not in the file. */
  long add(long gfn, long pages, Side side) {
    long moved = oneFile ? change(gfn, pages, side.ordinal() ^ 1, 0) : 0;
    return change(gfn, pages, side.ordinal(), -1L) - moved;
  }

  /** Takes a range out of a side's file and returns how many of its pages were there. */
  long remove(long gfn, long pages, Side side) {
    long moved = oneFile ? change(gfn, pages, side.ordinal() ^ 1, 0) : 0;
    return change(gfn, pages, side.ordinal(), 0) + moved;
  }

  /** Every page of a range gets this bit on a side; returns how many had the other. */
  private long change(long gfn, long pages, int side, long bits) {
    return ((gfn ^ (gfn + pages - 1)) >>> 6) == 0
        ? changeWord(gfn, -1L >>> -pages << gfn, side, bits)
        : changeWords(gfn, gfn + pages, side, bits);
  }

  private long changeWords(long gfn, long end, int side, long bits) {
    long changed = 0;
    for (long at = gfn; at < end; ) {
      if ((at & (BLOCK_PAGES - 1)) == 0 && end - at >= BLOCK_PAGES && isConstant(at)) {
        changed += changeConstant((int) (at >>> BLOCK_SHIFT), side, bits);
        at += BLOCK_PAGES;
      } else {
        long mask = -1L << at;
        changed += changeWord(at, (at | 63) < end ? mask : mask & (-1L >>> -end), side, bits);
        at = (at | 63) + 1;
      }
    }
    return changed;
  }

  private long changeWord(long gfn, long mask, int side, long bits) {
    long[] block = blocks[(int) (gfn >>> BLOCK_SHIFT)];
    int at = ((int) (gfn >>> 6) & PAIR_MASK) << 1 | side;
    long changed = (block[at] ^ bits) & mask;
    if (changed == 0) {
      return 0;
    }
    if (block.length != OWN_WORDS) {
      block = own((int) (gfn >>> BLOCK_SHIFT));
    }
    block[at] ^= changed;
    int count = Long.bitCount(changed);
    int twice = Long.bitCount(changed & block[at ^ 1]);
    sizes[side] += bits == 0 ? -count : count;
    both += bits == 0 ? -twice : twice;
    return count;
  }

  private long[] own(int index) {
    long[] block = Arrays.copyOf(blocks[index], OWN_WORDS);
    blocks[index] = block;
    return block;
  }

  private boolean isConstant(long gfn) {
    return blocks[(int) (gfn >>> BLOCK_SHIFT)].length != OWN_WORDS;
  }

  private long changeConstant(int index, int side, long bits) {
    long[] block = blocks[index];
    if (block[side] == bits) {
      return 0;
    }
    long other = block[side ^ 1];
    long count = bits == 0 ? -BLOCK_PAGES : BLOCK_PAGES;
    blocks[index] = SAME[(int) (bits & 1) << side | (int) (other & 1) << (side ^ 1)];
    sizes[side] += count;
    both += other == 0 ? 0 : count;
    return BLOCK_PAGES;
  }
}
