// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import java.util.random.RandomGenerator;

/**
 * The host saves a guest's memory, piece by piece: each piece is made reachable, accessed and put
 * away again, while the guest does nothing. For a guest whose memory is not in the direct map that
 * is an entry restored, a mapping made, or a copy for every page.
 *
 * @param pieceBytes what is reachable at once
 * @param gapNs time between two pieces
 */
@AutoService(Pattern.class)
public record Snapshot(long pieceBytes, long gapNs) implements Pattern {
  public Snapshot() {
    this(64 << 10, 10_000);
  }

  public Snapshot {
    if (pieceBytes < Units.PAGE_BYTES || gapNs < 0) {
      throw new IllegalArgumentException("piece of 4KiB or more, gap of 0 or more");
    }
  }

  @Override
  public String why() {
    return "the host reads all of a guest piece by piece: what a page costs that it cannot reach";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    long piece = pieceBytes / Units.PAGE_BYTES;
    return new Steps() {
      private long gfn;

      @Override
      public boolean next(Events out) {
        long pages = Math.min(piece, guest.pages() - gfn);
        out.hostToShared(gfn, pages);
        out.hostTouchShared(gfn, pages);
        out.hostToPrivate(gfn, pages);
        out.idle(gapNs);
        gfn += pages;
        return gfn < guest.pages();
      }
    };
  }
}
