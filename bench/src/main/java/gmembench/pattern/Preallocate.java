// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import java.util.random.RandomGenerator;

/**
 * Private pages are allocated before the file is bound to a memslot, out of band. Where this races
 * with the guest, pages that are shared by then are allocated a second time, and no conversion
 * comes that would free them.
 *
 * @param rangeBytes memory that is allocated beforehand
 * @param pieceBytes how much one allocation or conversion covers
 * @param sharedPercent how much of it the guest then shares
 * @param latePercent how much of that is allocated again after it was shared
 * @param gapNs time between two events
 */
@AutoService(Pattern.class)
public record Preallocate(
    long rangeBytes, long pieceBytes, int sharedPercent, int latePercent, long gapNs)
    implements Pattern {
  public Preallocate() {
    this(256 << 20, 2 << 20, 50, 25, 50_000);
  }

  public Preallocate {
    if (rangeBytes < pieceBytes || pieceBytes < Units.PAGE_BYTES) {
      throw new IllegalArgumentException("range of a piece or more, piece of 4KiB or more");
    }
    if (sharedPercent < 0 || sharedPercent > 100 || latePercent < 0 || latePercent > 100) {
      throw new IllegalArgumentException("shared-percent and late-percent from 0 to 100");
    }
    if (gapNs < 0) {
      throw new IllegalArgumentException("gap of 0 or more");
    }
  }

  @Override
  public String why() {
    return "private pages allocated out of band, before and after the guest shares them: nobody frees them";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    long piece = pieceBytes / Units.PAGE_BYTES;
    long pieces = rangeBytes / pieceBytes;
    return new Steps() {
      private long allocated;
      private long visited;

      @Override
      public boolean next(Events out) {
        if (allocated < pieces) {
          out.touchPrivate(allocated++ * piece, piece);
        } else {
          visit(out, visited++ * piece);
        }
        out.idle(gapNs);
        return visited < pieces;
      }

      private void visit(Events out, long gfn) {
        if (random.nextInt(100) < sharedPercent) {
          out.toShared(gfn, piece);
          if (random.nextInt(100) < latePercent) {
            out.idle(gapNs);
            out.touchPrivate(gfn, piece);
          }
        }
      }
    };
  }
}
