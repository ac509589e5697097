// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import java.util.random.RandomGenerator;

/**
 * What a VMM does before the guest runs: it sets all memory private, piece by piece, and copies
 * firmware, kernel and initrd into private memory (SNP_LAUNCH_UPDATE, TDH.MEM.PAGE.ADD). In place,
 * an image page is written while it is shared and then converted.
 *
 * @param imageBytes what is copied in, from the end of the first MiB
 * @param pieceBytes how much one conversion or copy covers
 * @param inPlace write the image through the shared side, then convert it
 * @param gapNs time between two events
 */
@AutoService(Pattern.class)
public record Launch(long imageBytes, long pieceBytes, boolean inPlace, long gapNs)
    implements Pattern {
  public Launch() {
    this(32 << 20, 2 << 20, false, 10_000);
  }

  public Launch {
    if (imageBytes < Units.PAGE_BYTES || pieceBytes < Units.PAGE_BYTES) {
      throw new IllegalArgumentException("image and piece of 4KiB or more");
    }
    if (gapNs < 0) {
      throw new IllegalArgumentException("gap of 0 or more");
    }
  }

  @Override
  public String why() {
    return "before a guest starts, all its memory is set private and its image copied in: the VMM's part";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    long piece = pieceBytes / Units.PAGE_BYTES;
    long image = imageBytes / Units.PAGE_BYTES;
    long start = (1 << 20) / Units.PAGE_BYTES;
    return new Steps() {
      private long set;
      private long copied;

      @Override
      public boolean next(Events out) {
        if (set < guest.pages()) {
          long now = Math.min(piece, guest.pages() - set);
          out.toPrivate(set, now);
          set += now;
        } else {
          long now = Math.min(piece, image - copied);
          copy(out, start + copied, now);
          copied += now;
        }
        out.idle(gapNs);
        return set < guest.pages() || copied < image;
      }
    };
  }

  private void copy(Events out, long gfn, long pages) {
    if (inPlace) {
      out.toShared(gfn, pages);
      out.idle(gapNs);
      out.toPrivate(gfn, pages);
    } else {
      out.touchShared(gfn, pages); // read into memory of the VMM's, from where it is copied
      out.touchPrivate(gfn, pages);
    }
  }
}
