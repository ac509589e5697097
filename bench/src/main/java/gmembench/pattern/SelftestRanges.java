// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import java.util.random.RandomGenerator;

/**
 * The ranges of the kernel's private_mem_conversions_test: 2 MiB + 4 KiB a vCPU from 4 GiB up, and
 * in them a page or a frame at the start, one page on, and behind the frame.
 *
 * @param baseBytes where the first vCPU has its memory
 * @param rounds how often each range is converted and restored
 * @param gapNs time between two conversions
 */
@AutoService(Pattern.class)
public record SelftestRanges(long baseBytes, long rounds, long gapNs) implements Pattern {
  public SelftestRanges() {
    this(4L << 30, 200, 20_000);
  }

  public SelftestRanges {
    if (baseBytes < 0 || baseBytes % Units.PAGE_BYTES != 0) {
      throw new IllegalArgumentException("base of whole pages");
    }
    if (rounds < 1 || gapNs < 0) {
      throw new IllegalArgumentException("rounds of 1 or more, gap of 0 or more");
    }
  }

  @Override
  public String why() {
    return "the ranges of the kernel's own conversion test, on every vCPU: edges of a 2M page, and beside it";
  }

  /** Offset and length in pages, within a vCPU's 2M + 4K. */
  private static final long[][] RANGES = {{0, 1}, {0, 512}, {1, 1}, {1, 512}, {512, 1}};

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    long base = baseBytes / Units.PAGE_BYTES;
    long each = Guest.FRAME_PAGES + 1;
    long perRound = (long) RANGES.length * guest.vcpus();
    return new Steps() {
      private long step;

      @Override
      public boolean next(Events out) {
        int vcpu = (int) (step % guest.vcpus());
        long[] range = RANGES[(int) (step / guest.vcpus() % RANGES.length)];
        long gfn = base + vcpu * each;
        out.vcpu(vcpu);
        out.touchPrivate(gfn, each);
        out.toShared(gfn + range[0], range[1]);
        out.idle(gapNs);
        out.toPrivate(gfn + range[0], range[1]);
        out.idle(gapNs);
        return ++step < perRound * rounds;
      }
    };
  }
}
