// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

/** The frames that went back to one side last, a ring; they may keep maps that they do not need. */
final class IdleFrames {
  private static final int MOST = 16;

  private final long[] frames = new long[MOST];
  private int at;

  /** Notes a frame, and gives the one that falls out: the frame itself if it came last as well. */
  long add(long frame) {
    if (frames[(at + MOST - 1) & (MOST - 1)] == frame) {
      return frame;
    }
    long oldest = frames[at];
    frames[at] = frame;
    at = (at + 1) & (MOST - 1);
    return oldest;
  }
}
