// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.guest.Side;
import java.util.Arrays;

/**
 * The folios of 1 GiB of one file: one of order 18, or in each 2M frame one of order 9 or 512 of
 * order 0; what of them is shared, and what the host and the guest have mapped.
 */
final class GibFolios {
  static final int FRAMES = 512;
  private static final int FRAME_PAGES = 512;

  /** Is it one folio of order 18? */
  private boolean whole;

  /** Frames of order 9 if it is not. */
  private final PageBits huge = new PageBits();

  private int hugeCount;
  private boolean holes;

  private final GibPages shared;

  /** By table. */
  private final GibEntries[] entries = new GibEntries[Table.values().length];

  /**
   * Page tables through which pages are used: the host's, and KVM's for the guest, of private pages
   * and of shared ones. TDX has two roots; where there is one, as of SNP, a conversion's range is
   * on one side anyway.
   */
  enum Table {
    HOST(Side.SHARED),
    OF_PRIVATE(Side.PRIVATE),
    OF_SHARED(Side.SHARED);

    private final Side side;

    Table(Side side) {
      this.side = side;
    }

    /** What is used through it. */
    Side side() {
      return side;
    }
  }

  GibFolios(int order, PageBits.Spares spares) {
    shared = new GibPages(spares);
    Arrays.setAll(entries, table -> new GibEntries(spares));
    split(order >= 9);
    whole = order == 18;
    holes = order == 0;
  }

  int order(int frame) {
    return whole ? 18 : huge.get(frame) ? 9 : 0;
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

  GibEntries entries(Table table) {
    return entries[table.ordinal()];
  }

  /** A part of a frame is on a side from now on. */
  void set(int frame, int from, int to, Side side) {
    if (side == Side.SHARED) {
      shared.add(frame, from, to);
    } else {
      shared.remove(frame, from, to);
    }
  }

  /** The largest part round a frame that is all on a side: 18, 9, or 0 if the frame is mixed. */
  int uniform(int frame, Side side) {
    boolean isShared = side == Side.SHARED;
    return shared.size() == (isShared ? FRAMES * FRAME_PAGES : 0)
        ? 18
        : shared.of(frame) == (isShared ? FRAME_PAGES : 0) ? 9 : 0;
  }

  /** The folio of order 18 becomes ones of order 9, or 0. */
  void split(boolean toHuge) {
    whole = false;
    huge.setAll(toHuge);
    hugeCount = toHuge ? FRAMES : 0;
  }

  void setHuge(int frame, boolean value) {
    if (huge.put(frame, value)) {
      hugeCount += value ? 1 : -1;
    }
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

  /**
   * How many frames of a part may each be mapped by one entry: all on one side, and in a huge
   * folio.
   *
   * @param anyFolio be the folios as they may
   */
  int hugeFrames(int from, int to, boolean anyFolio) {
    int frames = 0;
    for (int at = from; at < to; at = (at | 63) + 1) {
      long of = -1L << at & ((at | 63) < to ? -1L : -1L >>> -to);
      int word = at >> 6;
      frames += Long.bitCount(of & ~shared.mixed(word) & (anyFolio ? -1L : huge.word(word)));
    }
    return frames;
  }

  /** Is all of it on one side? */
  boolean isUniform() {
    return shared.size() == 0 || shared.size() == FRAMES * FRAME_PAGES;
  }

  /** How many folios it is. */
  long folios() {
    return whole ? 1 : hugeCount + (long) (FRAMES - hugeCount) * FRAME_PAGES;
  }
}
