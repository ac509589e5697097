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
 * Buffers flip at random in a working set, and now and then the side that a page is not on is
 * written to as well: the worst for a strategy that keeps both sides. What a budget saves and costs
 * shows here.
 *
 * @param workingSetBytes where the buffers are
 * @param bufferBytes size of a buffer
 * @param flips conversions in all
 * @param strayPercent conversions after which the other side is written to
 * @param gapNs time between two conversions
 */
@AutoService(Pattern.class)
public record DoubleAllocation(
    long workingSetBytes, long bufferBytes, long flips, int strayPercent, long gapNs)
    implements Pattern {
  public DoubleAllocation() {
    this(64 << 20, 64 << 10, 20_000, 10, 20_000);
  }

  public DoubleAllocation {
    if (bufferBytes < Units.PAGE_BYTES || workingSetBytes < bufferBytes) {
      throw new IllegalArgumentException("working-set of a buffer or more, buffer of 4KiB or more");
    }
    if (flips < 1 || gapNs < 0) {
      throw new IllegalArgumentException("flips of 1 or more, gap of 0 or more");
    }
    if (strayPercent < 0 || strayPercent > 100) {
      throw new IllegalArgumentException("stray-percent from 0 to 100");
    }
  }

  @Override
  public String why() {
    return "both sides of a working set stay in use: what a budget of double-allocated bytes does";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    long pages = bufferBytes / Units.PAGE_BYTES;
    long buffers = workingSetBytes / bufferBytes;
    PageSet shared = new PageSet(buffers);
    return new Steps() {
      private long done;

      @Override
      public boolean next(Events out) {
        long buffer = random.nextLong(buffers);
        boolean back = shared.contains(buffer);
        if (back) {
          shared.remove(buffer, 1);
        } else {
          shared.add(buffer, 1);
        }
        out.add(back ? Op.TO_PRIVATE : Op.TO_SHARED, buffer * pages, pages);
        if (random.nextInt(100) < strayPercent) {
          out.add(back ? Op.TOUCH_SHARED : Op.TOUCH_PRIVATE, buffer * pages, pages);
        }
        out.idle(gapNs);
        return ++done < flips;
      }
    };
  }
}
