// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

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

  /** Frames that have any, and those that have all. */
  private final PageBits some = new PageBits();

  private final PageBits all = new PageBits();
  private final PageBits.Spares spares;
  private int size;

  GibPages(PageBits.Spares spares) {
    this.spares = spares;
  }

  /** Returns how many were not in. */
  int add(int frame, int from, int to) {
    int before = counts[frame];
    if (before == FRAME_PAGES) {
      return 0;
    }
    boolean isAll = to - from == FRAME_PAGES;
    return change(frame, isAll ? FRAME_PAGES : before + bits(frame).set(from, to));
  }

  /** Returns how many were in. */
  int remove(int frame, int from, int to) {
    int before = counts[frame];
    if (before == 0) {
      return 0;
    }
    boolean isAll = to - from == FRAME_PAGES;
    return -change(frame, isAll ? 0 : before - bits(frame).clear(from, to));
  }

  /** A frame has so many from now on; returns how many more those are. */
  private int change(int frame, int count) {
    int more = count - counts[frame];
    counts[frame] = (short) count;
    size += more;
    some.put(frame, count > 0);
    all.put(frame, count == FRAME_PAGES);
    PageBits pages = bits[frame];
    if (pages != null && (count == 0 || count == FRAME_PAGES)) {
      spares.give(pages);
      bits[frame] = null;
    }
    return more;
  }

  private PageBits bits(int frame) {
    PageBits pages = bits[frame];
    if (pages == null) {
      pages = spares.take(counts[frame] > 0); // then it has all
      bits[frame] = pages;
    }
    return pages;
  }

  /** None are in any more; returns how many were. */
  int clear() {
    int before = size;
    for (int at = some.next(0, FRAMES); at < FRAMES; at = some.next(at + 1, FRAMES)) {
      change(at, 0);
    }
    return before;
  }

  /** Which of the 64 frames of a word have some and not all. */
  long mixed(int word) {
    return some.word(word) & ~all.word(word);
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
