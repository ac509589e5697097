// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

import com.google.auto.service.AutoService;
import gmembench.Units;
import java.util.random.RandomGenerator;

/**
 * A guest backed by 2M or 1G frames. Some conversions cover a whole frame, some a piece inside one;
 * later all is undone, so that a split frame could be whole again.
 *
 * @param frameBytes size of the frames: 2MiB or 1GiB
 * @param partialPercent conversions that cover only a piece of a frame
 * @param pieceBytes size of such a piece
 * @param rounds how often every frame is converted and restored
 * @param gapNs time between two conversions
 */
@AutoService(Pattern.class)
public record HugepageGuest(
    long frameBytes, int partialPercent, long pieceBytes, long rounds, long gapNs)
    implements Pattern {
  public HugepageGuest() {
    this(2 << 20, 10, 16 << 10, 4, 50_000);
  }

  public HugepageGuest {
    if (frameBytes != 2 << 20 && frameBytes != 1 << 30) {
      throw new IllegalArgumentException("frame of 2MiB or 1GiB");
    }
    if (pieceBytes < Units.PAGE_BYTES || pieceBytes > frameBytes) {
      throw new IllegalArgumentException("piece from 4KiB to a frame");
    }
    if (partialPercent < 0 || partialPercent > 100) {
      throw new IllegalArgumentException("partial-percent from 0 to 100");
    }
    if (rounds < 1 || gapNs < 0) {
      throw new IllegalArgumentException("rounds of 1 or more, gap of 0 or more");
    }
  }

  @Override
  public String name() {
    return "hugepage-guest";
  }

  @Override
  public String why() {
    return "a guest on huge pages converts some frames whole and some in part: splits, and what is restored";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    long frame = frameBytes / Units.PAGE_BYTES;
    long piece = pieceBytes / Units.PAGE_BYTES;
    long frames = Math.max(1, guest.pages() / frame);
    return new Steps() {
      private long step;

      @Override
      public boolean next(Events out) {
        long gfn = step % frames * frame;
        boolean partial = random.nextInt(100) < partialPercent;
        long from = partial ? gfn + random.nextLong(frame / piece) * piece : gfn;
        long pages = partial ? piece : frame;
        out.toShared(from, pages);
        out.idle(gapNs);
        out.toPrivate(from, pages);
        out.idle(gapNs);
        return ++step < frames * rounds;
      }
    };
  }
}
