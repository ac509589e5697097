// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import com.google.auto.service.AutoService;
import gmembench.guest.Side;

/**
 * A bitmap in each memslot, as was proposed instead of a table beside them: a slot that is deleted
 * takes it along, and the one that is set in its place begins with zeroes, so that userspace has to
 * set every shared range of it again.
 *
 * <p>Steps: a node is a range that is set again, an ioctl each; an entry is a word of 64 pages.
 */
@AutoService(Tracker.class)
public record SlotBitmap() implements Tracker {
  @Override
  public String why() {
    return "a bitmap in each memslot: a slot update destroys it, and userspace sets its ranges again";
  }

  @Override
  public PageMap open(long pages) {
    return new InSlots(new Bitmap().open(pages));
  }

  private static final class InSlots implements PageMap {
    private final PageMap bits;
    private long ranges;

    InSlots(PageMap bits) {
      this.bits = bits;
    }

    @Override
    public void slotSet(long gfn, long count) {
      PageMap before = new Bitmap().open(count);
      bits.forEachRange(gfn, count, (from, run, side) -> before.set(from - gfn, run, side));
      bits.set(gfn, count, Side.PRIVATE);
      before.forEachRange(
          0,
          count,
          (from, run, side) -> {
            if (side == Side.SHARED) {
              bits.set(gfn + from, run, side);
              ranges++;
            }
          });
    }

    @Override
    public long pages() {
      return bits.pages();
    }

    @Override
    public void set(long gfn, long count, Side side) {
      bits.set(gfn, count, side);
    }

    @Override
    public Side get(long gfn) {
      return bits.get(gfn);
    }

    @Override
    public long runEnd(long gfn, long limit) {
      return bits.runEnd(gfn, limit);
    }

    @Override
    public long looks(long gfn, long count, Side side) {
      return bits.looks(gfn, count, side);
    }

    @Override
    public long bytes() {
      return bits.bytes();
    }

    @Override
    public long kernelBytes() {
      return bits.kernelBytes();
    }

    @Override
    public long nodeSteps() {
      return ranges;
    }

    @Override
    public long entrySteps() {
      return bits.entrySteps();
    }
  }
}
