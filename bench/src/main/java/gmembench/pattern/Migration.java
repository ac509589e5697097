// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.guest.PageSet;
import gmembench.trace.Events;
import gmembench.trace.Op;
import java.util.random.RandomGenerator;

/**
 * A guest with shared ranges all over arrives on another host, in memory that is new there: frame
 * by frame of that host's page size, run by run where a frame is mixed. A private run is received,
 * which is a write to it; a shared one is converted, and then written to. The pages that are
 * touched are the bytes that are moved.
 *
 * @param ranges ranges that the guest shared before it moved
 * @param mostPages a range has from 1 to so many pages
 * @param frameBytes largest page size of the destination: 4KiB, 2MiB or 1GiB
 * @param gapNs time between two runs
 */
@AutoService(Pattern.class)
public record Migration(long ranges, long mostPages, long frameBytes, long gapNs)
    implements Pattern {
  public Migration() {
    this(1000, 64, 2 << 20, 20_000);
  }

  public Migration {
    if (ranges < 0 || mostPages < 1) {
      throw new IllegalArgumentException("ranges of 0 or more, most-pages of 1 or more");
    }
    if (frameBytes < Units.PAGE_BYTES || frameBytes % Units.PAGE_BYTES != 0) {
      throw new IllegalArgumentException("frame of whole pages");
    }
    if (gapNs < 0) {
      throw new IllegalArgumentException("gap of 0 or more");
    }
  }

  @Override
  public String why() {
    return "a guest arrives on another host, whose largest page is another: received frame by frame";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    long frame = frameBytes / Units.PAGE_BYTES;
    PageSet shared = new PageSet(guest.pages());
    for (long i = 0; i < ranges; i++) {
      long pages = Math.min(guest.pages(), 1 + random.nextLong(mostPages));
      shared.add(random.nextLong(guest.pages() - pages + 1), pages);
    }
    return new Steps() {
      private long at;

      // The next run of pages on one side, at most to the end of its frame.
      @Override
      public boolean next(Events out) {
        long end = Math.min(guest.pages(), (at / frame + 1) * frame);
        boolean isShared = shared.contains(at);
        long runEnd = shared.runEnd(at, end);
        out.add(isShared ? Op.TO_SHARED : Op.TOUCH_PRIVATE, at, runEnd - at);
        out.idle(gapNs);
        at = runEnd;
        return at < guest.pages();
      }
    };
  }
}
