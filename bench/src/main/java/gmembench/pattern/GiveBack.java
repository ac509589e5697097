// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import java.util.random.RandomGenerator;

/**
 * Memory that leaves a guest and comes back: large blocks in order from the top (hot-unplug,
 * virtio-mem), or small ones all over (balloon, free-page reporting). The host converts what is
 * given back, and nobody touches it there; what is taken again the guest touches.
 *
 * @param blockBytes what is given back at once
 * @param percent how much of the guest is given back
 * @param scattered blocks in random order instead of from the top down
 * @param rounds how often all of it goes and comes
 * @param gapNs time between two conversions
 */
@AutoService(Pattern.class)
public record GiveBack(long blockBytes, int percent, boolean scattered, long rounds, long gapNs)
    implements Pattern {
  public GiveBack() {
    this(128 << 20, 50, false, 2, 1_000_000);
  }

  public GiveBack {
    if (blockBytes < Units.PAGE_BYTES) {
      throw new IllegalArgumentException("block of 4KiB or more");
    }
    if (percent < 1 || percent > 100) {
      throw new IllegalArgumentException("percent from 1 to 100");
    }
    if (rounds < 1 || gapNs < 0) {
      throw new IllegalArgumentException("rounds of 1 or more, gap of 0 or more");
    }
  }

  @Override
  public String why() {
    return "a guest gives blocks back and gets them again: memory hot-unplug, balloon, free-page reporting";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    long pages = Math.min(blockBytes / Units.PAGE_BYTES, guest.pages());
    long blocks = guest.pages() / pages;
    long given = Math.max(1, blocks * percent / 100);
    return new Steps() {
      private long step;
      private long stride = coprime(random, blocks);

      @Override
      public boolean next(Events out) {
        long phase = step / given;
        long gfn = block(step % given) * pages;
        if (phase % 2 == 0) {
          out.hostToShared(gfn, pages);
        } else {
          out.hostToPrivate(gfn, pages);
          out.touchPrivate(gfn, pages);
        }
        out.idle(gapNs);
        step++;
        if (step % (2 * given) == 0) {
          stride = coprime(random, blocks);
        }
        return step < 2 * given * rounds;
      }

      private long block(long index) {
        return scattered ? index * stride % blocks : blocks - 1 - index;
      }
    };
  }

  /** Steps of this many blocks visit every block once, in an order that looks random. */
  private static long coprime(RandomGenerator random, long blocks) {
    long stride = 1 + random.nextLong(blocks);
    while (gcd(stride, blocks) != 1) {
      stride++;
    }
    return stride;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
