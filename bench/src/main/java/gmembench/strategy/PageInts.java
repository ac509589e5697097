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
    for (long at = gfn, end = gfn + pages; at < end; at = (at | FRAME_MASK) + 1) {
      int from = (int) at & FRAME_MASK;
      int to = (int) Math.min(FRAME_MASK + 1, from + (end - at));
      Arrays.fill(frame(at), from, to, value);
    }
  }

  /** Sets all of a range, and returns how many of it were not 0. */
  int replace(long gfn, long pages, int value) {
    int taken = 0;
    for (long at = gfn, end = gfn + pages; at < end; at = (at | FRAME_MASK) + 1) {
      int[] frame = frame(at);
      int from = (int) at & FRAME_MASK;
      int to = (int) Math.min(FRAME_MASK + 1, from + (end - at));
      for (int i = from; i < to; i++) {
        taken += frame[i] == 0 ? 0 : 1;
        frame[i] = value;
      }
    }
    return taken;
  }

  /** Of a range, what is {@code before} becomes {@code after}; returns whether anything was. */
  boolean exchange(long gfn, long pages, int before, int after) {
    boolean any = false;
    for (long at = gfn, end = gfn + pages; at < end; at = (at | FRAME_MASK) + 1) {
      int[] frame = frame(at);
      int from = (int) at & FRAME_MASK;
      int to = (int) Math.min(FRAME_MASK + 1, from + (end - at));
      for (int i = from; i < to; i++) {
        if (frame[i] == before) {
          frame[i] = after;
          any = true;
        }
      }
    }
    return any;
  }

  private int[] frame(long gfn) {
    int i = (int) (gfn >>> FRAME_SHIFT);
    if (frames[i] == null) {
      frames[i] = new int[FRAME_MASK + 1];
    }
    return frames[i];
  }
}
