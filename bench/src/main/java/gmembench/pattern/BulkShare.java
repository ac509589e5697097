// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import gmembench.trace.Op;
import java.util.random.RandomGenerator;

/**
 * Large ranges, side by side, go shared and come back. An offset that is no multiple of 2 MiB makes
 * both edges of a range partial frames.
 *
 * @param rangeBytes size of a range
 * @param offsetBytes where the first range starts
 * @param rounds how often each range goes there and back
 * @param gapNs time between two conversions
 */
@AutoService(Pattern.class)
public record BulkShare(long rangeBytes, long offsetBytes, long rounds, long gapNs)
    implements Pattern {
  public BulkShare() {
    this(16 << 20, 0, 8, 100_000);
  }

  public BulkShare {
    if (rangeBytes < Units.PAGE_BYTES || offsetBytes < 0) {
      throw new IllegalArgumentException("range of 4KiB or more, offset of 0 or more");
    }
    if (rounds < 1 || gapNs < 0) {
      throw new IllegalArgumentException("rounds of 1 or more, gap of 0 or more");
    }
  }

  @Override
  public String why() {
    return "large ranges go shared and come back, aligned or not: what a range costs, and its edges";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    long pages = rangeBytes / Units.PAGE_BYTES;
    long start = offsetBytes / Units.PAGE_BYTES;
    long ranges = Math.max(1, (guest.pages() - start) / pages);
    return new Steps() {
      private long step;

      @Override
      public boolean next(Events out) {
        long gfn = start + step / 2 % ranges * pages;
        out.add(step % 2 == 0 ? Op.TO_SHARED : Op.TO_PRIVATE, gfn, pages);
        out.idle(gapNs);
        return ++step < 2 * ranges * rounds;
      }
    };
  }
}
