// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.mm.HostSizes;

/**
 * Drives what is measured out of the caches, but not what the kernel itself needs: a replay does
 * the same again and again, and finds that there. So the same is done to a folio that is there for
 * this alone; if there is only one, what leaves it mapped is done to its last pages.
 */
final class Caches {
  /** All of the last level is more than one CPU's share of it. */
  private static final int TIMES_LLC_SHARE = 16;

  private static final long MOST_BYTES = 1 << 30;

  private static final List<Verb> WHOLE =
      List.of(Verb.TOUCH, Verb.UNMAP, Verb.TOUCH, Verb.DISCARD, Verb.TOUCH);
  private static final int PART_PAGES = 4;
  private static final int PARTS = 4;
  private static final int SPAN = 512;

  private final Probed memory;
  private final long gfn;
  private final long folio;
  private final boolean isSpare;
  private final byte[] ballast;
  private final int ownBytes;
  private int warmed;

  /**
   * @param gfn of the folio that is warmed up
   * @param folio its pages
   * @param isSpare is nothing else done to it?
   */
  Caches(Probed memory, HostSizes host, long gfn, long folio, boolean isSpare) {
    this.memory = memory;
    this.ballast = new byte[(int) Math.min(MOST_BYTES, TIMES_LLC_SHARE * host.llcShareBytes())];
    this.ownBytes = Math.toIntExact(host.l2Bytes() / 4 * 5);
    this.gfn = gfn;
    this.folio = folio;
    this.isSpare = isSpare;
  }

  /** Nothing of the memory is in a cache afterwards; the folio that is freed last is the spare. */
  void empty() {
    if (isSpare) {
      memory.apply(Verb.DISCARD, gfn, folio, Side.PRIVATE);
    }
    use(ballast.length);
    if (isSpare) {
      WHOLE.forEach(verb -> memory.apply(verb, gfn, folio, Side.PRIVATE));
    }
    warm();
  }

  /** Nothing of the memory is in a CPU's own cache afterwards. */
  void emptyOwn() {
    use(ownBytes);
    warm();
  }

  private void use(int bytes) {
    Arrays.fill(ballast, 0, bytes, (byte) (ballast[0] + 1));
    memory.usedElsewhere(bytes);
  }

  /** For parts of a folio, split or not. */
  private void warm() {
    for (int i = 0; i < PARTS; i++) {
      long at = gfn + folio - SPAN + warmed;
      warmed = (warmed + 2 * PART_PAGES) % SPAN;
      for (Verb verb : isSpare ? WHOLE : List.of(Verb.DISCARD)) {
        memory.apply(verb, at, PART_PAGES, Side.PRIVATE);
      }
    }
  }
}
