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
  private final boolean[] huge = new boolean[FRAMES];

  private int hugeCount;
  private boolean holes;

  private final GibPages shared = new GibPages();

  /** By table. */
  private final GibEntries[] entries = {new GibEntries(), new GibEntries(), new GibEntries()};

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
