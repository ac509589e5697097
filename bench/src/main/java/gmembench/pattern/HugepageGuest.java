// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import java.util.random.RandomGenerator;

/**
 * A guest backed by 2M or 1G frames. Some conversions cover a whole frame, some a piece inside one;
 * later all is undone, so that a split frame could be whole again. So many are shared at a time.
 *
 * @param frameBytes size of the frames: 2MiB or 1GiB
 * @param partialPercent conversions that cover only a piece of a frame
 * @param pieceBytes size of such a piece
 * @param rounds how often every frame is converted and restored
 * @param held conversions to shared that are not undone yet, fewer than there are frames
 * @param gapNs time between two conversions
 * @param usesRest the guest goes on using the rest of a frame of which a piece is shared
 */
@AutoService(Pattern.class)
public record HugepageGuest(
    long frameBytes,
    int partialPercent,
    long pieceBytes,
    long rounds,
    int held,
    long gapNs,
    boolean usesRest)
    implements Pattern {
  public HugepageGuest() {
    this(2 << 20, 10, 16 << 10, 4, 1, 50_000, false);
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
    if (held < 1 || held > 1 << 20) {
      throw new IllegalArgumentException("held of 1 or more, below the number of frames");
    }
    if (rounds < 1 || gapNs < 0) {
      throw new IllegalArgumentException("rounds of 1 or more, gap of 0 or more");
    }
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
    int open = (int) Math.clamp(held, 1, Math.max(1, frames - 1));
    return new Steps() {
      private final long[] gfns = new long[open];
      private final long[] counts = new long[open];
      private long shared;
      private long undone;

      // The oldest is undone when enough are shared, and all at the end.
      @Override
      public boolean next(Events out) {
        while (undone < shared && (shared - undone == open || shared == frames * rounds)) {
          int i = (int) (undone++ % open);
          out.toPrivate(gfns[i], counts[i]);
          out.idle(gapNs);
        }
        if (shared < frames * rounds) {
          share(out, (int) (shared % open));
        }
        return shared < frames * rounds || undone < shared;
      }

      private void share(Events out, int i) {
        long gfn = shared++ % frames * frame;
        boolean partial = random.nextInt(100) < partialPercent;
        gfns[i] = partial ? gfn + random.nextLong(frame / piece) * piece : gfn;
        counts[i] = partial ? piece : frame;
        out.toShared(gfns[i], counts[i]);
        out.idle(gapNs);
        if (usesRest) {
          use(out, gfn, gfns[i]);
          use(out, gfns[i] + counts[i], gfn + frame);
        }
      }

      private static void use(Events out, long from, long end) {
        if (from < end) {
          out.touchPrivate(from, end - from);
        }
      }
    };
  }
}
