// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The folios of 1 GiB of one file: one of order 18, or in each 2M frame one of order 9 or 512 of
 * order 0. What is mapped is kept by page where there is any, so that a GiB of which little is used
 * takes about 5 KiB.
 */
final class GibFolios {
  static final int FRAMES = 512;
  private static final int FRAME_PAGES = 512;

  /** Is it one folio of order 18? */
  private boolean whole;

  /** Frames of order 9 if it is not. */
  private final boolean[] huge = new boolean[FRAMES];

  private int hugeCount;
  private boolean holes;

  /** Mapped pages of a frame. */
  private final int[] mapped = new int[FRAMES];

  /** Missing where nothing of a frame is mapped, or all. */
  private final @Nullable PageBits[] mappedPages = new PageBits[FRAMES];

  private final long[] framesMapped = new long[FRAMES / 64];

  GibFolios(int order) {
    split(order >= 9);
    whole = order == 18;
    holes = order == 0;
  }

  int order(int frame) {
    return whole ? 18 : huge[frame] ? 9 : 0;
  }

  /** Pages are missing in folios smaller than the file's, or may be. */
  void noteHoles(boolean more) {
    holes |= more;
  }

  /** May pages be missing where a folio is to be made? */
  boolean mayHaveHoles() {
    return holes;
  }

  boolean isWhole() {
    return whole;
  }

  /** Maps pages of a frame and returns how many were not. */
  int map(int frame, int from, int to) {
    int before = mapped[frame];
    if (before == FRAME_PAGES) {
      return 0;
    }
    if (to - from == FRAME_PAGES) {
      mappedPages[frame] = null;
      mapped[frame] = FRAME_PAGES;
    } else {
      mapped[frame] += bits(frame).set(from, to);
    }
    framesMapped[frame >> 6] |= 1L << frame;
    return mapped[frame] - before;
  }

  /**
   * Unmaps pages of a frame and returns how many page table entries that drops: one if all of a
   * huge folio's frame was mapped.
   */
  int unmap(int frame, int from, int to) {
    int before = mapped[frame];
    if (before == 0) {
      return 0;
    }
    mapped[frame] -= bits(frame).clear(from, to);
    if (mapped[frame] == 0) {
      framesMapped[frame >> 6] &= ~(1L << frame);
    }
    boolean one = (whole || huge[frame]) && before == FRAME_PAGES;
    return one ? 1 : before - mapped[frame];
  }

  private PageBits bits(int frame) {
    PageBits bits = mappedPages[frame];
    if (bits == null) {
      bits = new PageBits();
      bits.set(0, mapped[frame]); // nothing, or all
      mappedPages[frame] = bits;
    }
    return bits;
  }

  /** Unmaps all of it, frame by frame of those that are mapped at all. */
  int unmapAll() {
    int gone = 0;
    for (int word = 0; word < framesMapped.length; word++) {
      for (long bits = framesMapped[word]; bits != 0; bits &= bits - 1) {
        gone += unmap(word * 64 + Long.numberOfTrailingZeros(bits), 0, FRAME_PAGES);
      }
    }
    return gone;
  }

  /** Is any of the folio of an order mapped that a page is in? */
  boolean isMapped(int frame, int page, int order) {
    return switch (order) {
      case 0 -> isMapped(frame, page);
      case 9 -> mapped[frame] > 0;
      default -> Arrays.stream(framesMapped).anyMatch(word -> word != 0);
    };
  }

  boolean isMapped(int frame, int page) {
    PageBits bits = mappedPages[frame];
    return bits == null ? mapped[frame] > 0 : bits.get(page);
  }

  /** The folio of order 18 becomes ones of order 9, or 0. */
  void split(boolean toHuge) {
    whole = false;
    Arrays.fill(huge, toHuge);
    hugeCount = toHuge ? FRAMES : 0;
  }

  void setHuge(int frame, boolean value) {
    hugeCount += (value ? 1 : 0) - (huge[frame] ? 1 : 0);
    huge[frame] = value;
  }

  /** Becomes one folio of order 18. */
  void makeWhole() {
    split(true);
    whole = true;
  }

  /** How many frames are of order 9 or in the one of order 18. */
  int hugeFrames() {
    return hugeCount;
  }

  /** How many folios it is. */
  long folios() {
    return whole ? 1 : hugeCount + (long) (FRAMES - hugeCount) * FRAME_PAGES;
  }
}
