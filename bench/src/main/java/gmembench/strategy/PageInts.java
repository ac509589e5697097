// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import java.util.Arrays;

/** An int for every page, 0 at first; held only for 2M frames that were ever written. */
final class PageInts {
  private static final int FRAME_SHIFT = 9;
  private static final int FRAME_MASK = (1 << FRAME_SHIFT) - 1;

  private final int[][] frames;

  PageInts(long pages) {
    frames = new int[Math.toIntExact((pages + FRAME_MASK) >>> FRAME_SHIFT)][];
  }

  int get(long gfn) {
    int[] frame = frames[(int) (gfn >>> FRAME_SHIFT)];
    return frame == null ? 0 : frame[(int) gfn & FRAME_MASK];
  }

  void set(long gfn, long pages, int value) {
    if (pages == 1) { // what DMA flips: a call of the stub that fills ranges takes longer
      frame(gfn)[(int) gfn & FRAME_MASK] = value;
      return;
    }
    for (long at = gfn, end = gfn + pages; at < end; at = (at | FRAME_MASK) + 1) {
      int[] frame = frame(at);
      int from = (int) at & FRAME_MASK;
      int to = (int) Math.min(FRAME_MASK + 1, from + (end - at));
      Arrays.fill(frame, from, to, value);
    }
  }

  /** The first page from {@code gfn} on that has another value; {@code limit} if none before. */
  long runEnd(long gfn, long limit) {
    int value = get(gfn);
    long at = gfn + 1;
    while (at < limit && get(at) == value) {
      at++;
    }
    return at;
  }

  private int[] frame(long gfn) {
    int i = (int) (gfn >>> FRAME_SHIFT);
    if (frames[i] == null) {
      frames[i] = new int[FRAME_MASK + 1];
    }
    return frames[i];
  }
}
