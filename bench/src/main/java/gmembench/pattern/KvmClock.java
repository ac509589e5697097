// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import java.util.random.RandomGenerator;

/**
 * Each vCPU's clock page (struct pvclock_vsyscall_time_info) is shared inside a 2M page that is
 * private otherwise; the guest does not help, and goes on using the pages around it.
 *
 * @param updates how often the host writes every clock
 * @param gapNs time between two events
 */
@AutoService(Pattern.class)
public record KvmClock(long updates, long gapNs) implements Pattern {
  public KvmClock() {
    this(1000, 100_000);
  }

  public KvmClock {
    if (updates < 0 || gapNs < 0) {
      throw new IllegalArgumentException("updates and gap of 0 or more");
    }
  }

  @Override
  public String why() {
    return "the host shares one 4K page in a 2M page of each vCPU, for good: the smallest split there is";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    long frames = Math.max(1, guest.pages() / Guest.FRAME_PAGES);
    return new Steps() {
      private long step;

      @Override
      public boolean next(Events out) {
        int vcpu = (int) (step % guest.vcpus());
        long frame = vcpu % frames * Guest.FRAME_PAGES;
        long clock = frame + (7 + vcpu / frames) % Guest.FRAME_PAGES;
        out.vcpu(vcpu);
        if (step < guest.vcpus()) {
          out.hostToShared(clock, 1);
        } else {
          out.hostTouchShared(clock, 1);
          long beside = frame + Guest.FRAME_PAGES - 1 - random.nextLong(Guest.FRAME_PAGES / 2);
          if (beside < guest.pages()) {
            out.touchPrivate(beside, 1);
          }
        }
        out.idle(gapNs);
        return ++step < guest.vcpus() * (updates + 1);
      }
    };
  }
}
