// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import java.util.Arrays;

/**
 * The folios of 1 GiB of one file: one of order 18, or in each 2M frame one of order 9 or 512 of
 * order 0. What is mapped and pinned is kept by page where there is any, so that a GiB of which
 * little is used takes about 15 KiB.
 *
 * <p>A folio's reference count is its pages (the page cache's references), a reference for each
 * page that is mapped, and one for each page and pin. The kernel counts a huge mapping once; both
 * sides of the check would change alike.
 */
final class GibFolios {
  static final int FRAMES = 512;
  private static final int FRAME_PAGES = 512;
  private static final int PAGES = FRAMES * FRAME_PAGES;

  /** Is it one folio of order 18? */
  private boolean whole;

  /** Frames of order 9 if it is not. */
  private final boolean[] huge = new boolean[FRAMES];

  private int hugeCount;

  /** Mapped pages of a frame; of all frames at the end. */
  private final int[] mapped = new int[FRAMES + 1];

  /** Reference counts of frames of order 9; of the folio of order 18 at the end. */
  private final int[] refs = new int[FRAMES + 1];

  /** Bits; missing where nothing of a frame is mapped, or all. */
  private final long[][] mappedPages = new long[FRAMES][];

  private final long[] framesMapped = new long[FRAMES / 64];
  private final int[][] pins = new int[FRAMES][];

  /** Pins of pages of a frame; of all frames at the end. */
  private final int[] pinned = new int[FRAMES + 1];

  GibFolios(int order) {
    split(order >= 9);
    whole = order == 18;
    Arrays.fill(refs, FRAME_PAGES);
    refs[FRAMES] = PAGES;
  }

  int order(int frame) {
    return whole ? 18 : huge[frame] ? 9 : 0;
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
      set(frame, from, to, -1L);
    }
    framesMapped[frame >> 6] |= 1L << frame;
    count(frame, mapped[frame] - before);
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
    set(frame, from, to, 0);
    if (mapped[frame] == 0) {
      framesMapped[frame >> 6] &= ~(1L << frame);
    }
    count(frame, mapped[frame] - before);
    boolean one = (whole || huge[frame]) && before == FRAME_PAGES;
    return one ? 1 : before - mapped[frame];
  }

  private void set(int frame, int from, int to, long value) {
    long[] words = mappedPages[frame];
    if (words == null) {
      words = new long[FRAME_PAGES / 64];
      Arrays.fill(words, mapped[frame] == 0 ? 0 : -1L);
      mappedPages[frame] = words;
    }
    for (int at = from; at < to; at = (at | 63) + 1) {
      long changed = mask(at, to) & (words[at >> 6] ^ value);
      words[at >> 6] ^= changed;
      mapped[frame] += value == 0 ? -Long.bitCount(changed) : Long.bitCount(changed);
    }
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

  private void count(int frame, int more) {
    mapped[FRAMES] += more;
    refs[frame] += more;
    refs[FRAMES] += more;
  }

  boolean isMapped(int frame, int page) {
    long[] words = mappedPages[frame];
    return words == null ? mapped[frame] == FRAME_PAGES : (words[page >> 6] & (1L << page)) != 0;
  }

  /** Adds references to pages of a frame, or drops them; one that is not there is not dropped. */
  void pin(int frame, int from, int to, int more) {
    int[] ofPage = pins[frame];
    if (ofPage == null) {
      ofPage = new int[FRAME_PAGES];
      pins[frame] = ofPage;
    }
    for (int page = from; page < to; page++) {
      if (ofPage[page] + more >= 0) {
        ofPage[page] += more;
        pinned[frame] += more;
        pinned[FRAMES] += more;
        refs[frame] += more;
        refs[FRAMES] += more;
      }
    }
  }

  int pins(int frame, int page) {
    int[] ofPage = pins[frame];
    return ofPage == null ? 0 : ofPage[page];
  }

  /** Has the folio at a page just the references that are expected? */
  boolean isExpected(int frame, int page) {
    if (whole) {
      return refs[FRAMES] == PAGES + mapped[FRAMES];
    }
    return huge[frame] ? refs[frame] == FRAME_PAGES + mapped[frame] : pins(frame, page) == 0;
  }

  /** Have all folios of a frame just the references that are expected? */
  boolean isExpected(int frame) {
    return (whole || huge[frame]) ? isExpected(frame, 0) : pinned[frame] == 0;
  }

  /** And of all frames? */
  boolean isExpected() {
    return pinned[FRAMES] == 0;
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

  private static long mask(int at, int to) {
    long mask = -1L << at;
    return (at | 63) < to ? mask : mask & (-1L >>> -to);
  }
}
