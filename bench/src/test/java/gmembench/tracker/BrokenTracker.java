// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import gmembench.guest.Side;

/** A bitmap that forgets the last page of a range which ends with a frame. */
record BrokenTracker() implements Tracker {
  @Override
  public String name() {
    return "broken";
  }

  @Override
  public String why() {
    return "to see that the conformance test sees it";
  }

  @Override
  public PageMap open(long pages) {
    PageMap sound = new Bitmap().open(pages);
    return new PageMap() {
      @Override
      public long pages() {
        return pages;
      }

      @Override
      public void set(long gfn, long count, Side side) {
        boolean broken = count > 1 && (gfn + count) % 512 == 0 && side == Side.PRIVATE;
        sound.set(gfn, broken ? count - 1 : count, side);
      }

      @Override
      public Side get(long gfn) {
        return sound.get(gfn);
      }

      @Override
      public long runEnd(long gfn, long limit) {
        return sound.runEnd(gfn, limit);
      }

      @Override
      public long bytes() {
        return sound.bytes();
      }

      @Override
      public long kernelBytes() {
        return sound.kernelBytes();
      }

      @Override
      public long nodeSteps() {
        return 0;
      }

      @Override
      public long entrySteps() {
        return 0;
      }
    };
  }
}
