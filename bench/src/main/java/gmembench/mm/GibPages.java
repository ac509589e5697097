// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Pages of one GiB, with how many there are in each 2M frame. They are kept one by one only where a
 * frame has some and not all, so that a GiB of which little is used takes about 4 KiB.
 */
final class GibPages {
  private static final int FRAMES = GibFolios.FRAMES;
  private static final int FRAME_PAGES = 512;

  private final short[] counts = new short[FRAMES];

  /** Missing where a frame has none, or all. */
  private final @Nullable PageBits[] bits = new PageBits[FRAMES];

  /** Frames that have any. */
  private final long[] some = new long[FRAMES / 64];

  private int size;

  /** Returns how many were not in. */
  int add(int frame, int from, int to) {
    int before = counts[frame];
    if (before == FRAME_PAGES) {
      return 0;
    }
    if (to - from == FRAME_PAGES) {
      bits[frame] = null;
      counts[frame] = FRAME_PAGES;
    } else {
      counts[frame] += (short) bits(frame).set(from, to);
    }
    some[frame >> 6] |= 1L << frame;
    size += counts[frame] - before;
    return counts[frame] - before;
  }

  /** Returns how many were in. */
  int remove(int frame, int from, int to) {
    int before = counts[frame];
    if (before == 0) {
      return 0;
    }
    if (to - from == FRAME_PAGES) {
      bits[frame] = null;
      counts[frame] = 0;
    } else {
      counts[frame] -= (short) bits(frame).clear(from, to);
    }
    if (counts[frame] == 0) {
      some[frame >> 6] &= ~(1L << frame);
    }
    size += counts[frame] - before;
    return before - counts[frame];
  }

  private PageBits bits(int frame) {
    PageBits pages = bits[frame];
    if (pages == null) {
      pages = new PageBits();
      pages.set(0, counts[frame]); // none, or all
      bits[frame] = pages;
    }
    return pages;
  }

  /** None are in any more; returns how many were. */
  int clear() {
    int before = size;
    for (int word = 0; word < some.length; word++) {
      for (long left = some[word]; left != 0; left &= left - 1) {
        int frame = word * 64 + Long.numberOfTrailingZeros(left);
        bits[frame] = null;
        counts[frame] = 0;
      }
    }
    Arrays.fill(some, 0);
    size = 0;
    return before;
  }

  boolean has(int frame, int page) {
    PageBits pages = bits[frame];
    return pages == null ? counts[frame] > 0 : pages.get(page);
  }

  /** Are all of a part of a frame in? */
  boolean hasAll(int frame, int from, int to) {
    PageBits pages = bits[frame];
    return pages == null ? counts[frame] > 0 : pages.nextClear(from, to) == to;
  }

  /** How many of a frame. */
  int of(int frame) {
    return counts[frame];
  }

  /** How many of all. */
  int size() {
    return size;
  }
}
