// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import java.util.random.RandomGenerator;

/**
 * Every vCPU converts buffers at the same moments. Most are its own; a given share are in the next
 * vCPU's memory, where two conversions meet.
 *
 * @param regionBytes memory of each vCPU, side by side from 0
 * @param rangeBytes size of a conversion
 * @param overlapPercent conversions in the next vCPU's memory
 * @param flips conversions of each vCPU, there and back
 * @param gapNs time between two conversions of a vCPU
 */
@AutoService(Pattern.class)
public record Concurrent(
    long regionBytes, long rangeBytes, int overlapPercent, long flips, long gapNs)
    implements Pattern {
  public Concurrent() {
    this(16 << 20, 16 << 10, 0, 5000, 20_000);
  }

  public Concurrent {
    if (rangeBytes < Units.PAGE_BYTES || regionBytes < rangeBytes) {
      throw new IllegalArgumentException("range of 4KiB or more, region of a range or more");
    }
    if (overlapPercent < 0 || overlapPercent > 100) {
      throw new IllegalArgumentException("overlap-percent from 0 to 100");
    }
    if (flips < 1 || gapNs < 0) {
      throw new IllegalArgumentException("flips of 1 or more, gap of 0 or more");
    }
  }

  @Override
  public String why() {
    return "all vCPUs convert at once, each its own memory or each other's: what serialises them";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    long pages = rangeBytes / Units.PAGE_BYTES;
    long region = regionBytes / Units.PAGE_BYTES;
    long[] open = new long[guest.vcpus()];
    return new Steps() {
      private long step;

      // One moment: every vCPU shares a range, or gives back the one it has.
      @Override
      public boolean next(Events out) {
        for (int vcpu = 0; vcpu < guest.vcpus(); vcpu++) {
          out.vcpu(vcpu);
          if (step % 2 == 0) {
            open[vcpu] = range(vcpu);
            out.toShared(open[vcpu], pages);
          } else {
            out.toPrivate(open[vcpu], pages);
          }
        }
        out.idle(gapNs);
        return ++step < 2 * flips;
      }

      private long range(int vcpu) {
        boolean foreign = random.nextInt(100) < overlapPercent;
        int owner = foreign ? (vcpu + 1) % guest.vcpus() : vcpu;
        return owner * region + random.nextLong(region / pages) * pages;
      }
    };
  }
}
