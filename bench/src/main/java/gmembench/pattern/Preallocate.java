// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import gmembench.trace.Op;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/**
 * The VMM allocates private pages out of band (fallocate), where the guest runs not yet; some of
 * them it allocates again after the guest has shared them, as where the two race. Then the guest
 * uses all of it.
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
    return "private pages allocated out of band by the VMM, before and after the guest shares them";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    long piece = pieceBytes / Units.PAGE_BYTES;
    long pieces = rangeBytes / pieceBytes;
    BitSet shared = new BitSet();
    return new Steps() {
      private long allocated;
      private long visited;
      private int used;

      @Override
      public boolean next(Events out) {
        if (allocated < pieces) {
          out.add(Op.ALLOCATE, allocated++ * piece, piece);
        } else if (visited < pieces) {
          visit(out, visited++ * piece);
        } else {
          boolean isShared = shared.get(used);
          out.add(isShared ? Op.TOUCH_SHARED : Op.TOUCH_PRIVATE, used++ * piece, piece);
        }
        out.idle(gapNs);
        return used < pieces;
      }

      private void visit(Events out, long gfn) {
        if (random.nextInt(100) < sharedPercent) {
          out.toShared(gfn, piece);
          shared.set((int) (gfn / piece));
          if (random.nextInt(100) < latePercent) {
            out.idle(gapNs);
            out.add(Op.ALLOCATE, gfn, piece);
          }
        }
      }
    };
  }
}
