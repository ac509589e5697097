// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import gmembench.guest.Side;
import java.util.Arrays;

/**
 * The top level of a {@link FrameMap}: a reference a GiB, to a constant if it is all of one side. A
 * GiB that goes back to one side keeps its block until another one does, for it is likely to flip
 * again; a few blocks more are kept for reuse.
 */
final class GibTable {
  private static final int MOST_SPARES = 8;
  private static final int NONE = -1;

  private final Gib[] gibs;
  private final Version version;
  private final Gib[] spares = new Gib[MOST_SPARES];
  private int spareCount;
  private int lingering = NONE;

  /** References that were written. */
  long writes;

  GibTable(long pages, Version version) {
    int gibPages = 1 << PageMap.ORDER_1G;
    this.gibs = new Gib[Math.toIntExact((pages + gibPages - 1) >>> PageMap.ORDER_1G)];
    this.version = version;
    Arrays.fill(gibs, Gib.ALL_PRIVATE);
  }

  Gib get(int index) {
    return gibs[index];
  }

  /** Puts a whole GiB on a side; its block, if it has one, is not used again. */
  void setAll(int index, Side side) {
    gibs[index] = Gib.all(side);
    writes++;
  }

  /** A block that may be written, in place of a constant. */
  Gib own(int index) {
    Gib gib = gibs[index];
    if (!gib.isConstant()) {
      return gib;
    }
    Gib own = spareCount > 0 ? spares[--spareCount] : new Gib();
    own.become(gib.side());
    gibs[index] = own;
    writes++;
    return own;
  }

  /** A GiB is of one side again: it lingers, and the one that lingered before gives its block. */
  void linger(int index) {
    if (gibs[index].isLarge()) {
      version.open();
      gibs[index].trim();
      version.close();
    }
    int before = lingering;
    lingering = index;
    if (before == index || before == NONE) {
      return;
    }
    Gib gib = gibs[before];
    if (!gib.isConstant() && gib.isUniform()) {
      setAll(before, gib.side());
      version.retire();
      if (spareCount < MOST_SPARES) {
        gib.dropMaps();
        spares[spareCount++] = gib;
      }
    }
  }

  boolean lingers(int index) {
    return index == lingering;
  }

  /** Bytes of all blocks and of this table. */
  long bytes(int reference, int header) {
    long bytes = (long) reference * gibs.length;
    for (Gib gib : gibs) {
      bytes += gib.isConstant() ? 0 : header + gib.bytes();
    }
    for (int i = 0; i < spareCount; i++) {
      bytes += header + spares[i].bytes();
    }
    return bytes;
  }
}
