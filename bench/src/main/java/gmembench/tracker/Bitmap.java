// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.guest.Side;

/**
 * One bit a page, set = shared: QEMU's RamBlockAttributes. Readers may race with the writer: a word
 * is read and written whole.
 *
 * <p>Steps: it has no nodes; an entry is a word of 64 pages.
 */
@AutoService(Tracker.class)
public record Bitmap() implements Tracker {
  @Override
  public String why() {
    return "one bit a page as in QEMU: constant memory, 32 KiB per GiB, whatever the guest does";
  }

  @Override
  public PageMap open(long pages) {
    return new Bits(pages);
  }

  private static final class Bits implements PageMap {
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final long pages;
    private final long[] words;
    private long entrySteps;

    Bits(long pages) {
      this.pages = pages;
      this.words = new long[Math.toIntExact((pages + 63) >>> 6)];
    }

    @Override
    public long pages() {
      return pages;
    }

    @Override
    public void set(long gfn, long count, Side side) {
      PageMap.check(gfn, count, pages);
      int first = (int) (gfn >>> 6);
      int last = (int) ((gfn + count - 1) >>> 6);
      long head = -1L << gfn;
      long tail = -1L >>> -(gfn + count);
      if (first == last) {
        write(first, head & tail, side);
        entrySteps++;
        return;
      }
      entrySteps += last - first + 1;
      write(first, head, side);
      Arrays.fill(words, first + 1, last, side == Side.SHARED ? -1L : 0L);
      write(last, tail, side);
    }

    private void write(int word, long mask, Side side) {
      if (side == Side.SHARED) {
        words[word] |= mask;
      } else {
        words[word] &= ~mask;
      }
    }

    @Override
    public Side get(long gfn) {
      PageMap.check(gfn, 1, pages);
      long word = (long) WORD.getOpaque(words, (int) (gfn >>> 6));
      return (word >>> gfn & 1) == 0 ? Side.PRIVATE : Side.SHARED;
    }

    @Override
    public boolean readersMayRace() {
      return true;
    }

    @Override
    public long runEnd(long gfn, long limit) {
      PageMap.check(gfn, limit - gfn, pages);
      long flip = get(gfn) == Side.SHARED ? -1L : 0L;
      int word = (int) (gfn >>> 6);
      long bits = (words[word] ^ flip) & (-1L << gfn);
      int last = (int) ((limit - 1) >>> 6);
      while (bits == 0 && word < last) {
        bits = words[++word] ^ flip;
      }
      return bits == 0
          ? limit
          : Math.min(limit, ((long) word << 6) + Long.numberOfTrailingZeros(bits));
    }

    @Override
    public long looks(long gfn, long count, Side side) {
      long same = get(gfn) == side ? runEnd(gfn, gfn + count) : gfn;
      return (Math.min(same, gfn + count - 1) >>> 6) - (gfn >>> 6) + 1;
    }

    @Override
    public long bytes() {
      return 8L * words.length;
    }

    @Override
    public long kernelBytes() {
      return bytes();
    }

    @Override
    public long nodeSteps() {
      return 0;
    }

    @Override
    public long entrySteps() {
      return entrySteps;
    }
  }
}
