// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import java.util.random.RandomGenerator;

/**
 * A device keeps one shared page of a 2M frame pinned for long, while the pages around it convert
 * all the time. A strategy that waits for a whole folio waits for that page.
 *
 * @param frames 2M frames that have a pinned page
 * @param flips conversions between pinning and unpinning, to and fro
 * @param gapNs time between two conversions
 */
@AutoService(Pattern.class)
public record LongPin(long frames, long flips, long gapNs) implements Pattern {
  public LongPin() {
    this(4, 5000, 20_000);
  }

  public LongPin {
    if (frames < 1 || flips < 1 || gapNs < 0) {
      throw new IllegalArgumentException("frames and flips of 1 or more, gap of 0 or more");
    }
  }

  @Override
  public String why() {
    return "one page stays pinned for long while its neighbours convert: what waiting for a pin holds up";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    return new Steps() {
      private long begun;
      private long flipped;
      private long ended;

      @Override
      public boolean next(Events out) {
        if (begun < frames) {
          long page = pinnedPage(begun++);
          out.toShared(page, 1);
          out.pin(page, 1);
        } else if (flipped < flips) {
          flip(out, flipped++);
        } else {
          long page = pinnedPage(ended++);
          out.unpin(page, 1);
          out.toPrivate(page, 1);
        }
        out.idle(gapNs);
        return ended < frames;
      }

      // Any page of a frame but the pinned one.
      private void flip(Events out, long index) {
        long pinned = pinnedPage(index % frames);
        long other = 1 + random.nextLong(Guest.FRAME_PAGES - 1);
        long gfn = (pinned & -Guest.FRAME_PAGES) + (pinned + other) % Guest.FRAME_PAGES;
        out.toShared(gfn, 1);
        out.idle(gapNs);
        out.toPrivate(gfn, 1);
      }
    };
  }

  private static long pinnedPage(long frame) {
    return frame * Guest.FRAME_PAGES + 100;
  }
}
