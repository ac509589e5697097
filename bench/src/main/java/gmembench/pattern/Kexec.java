// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.guest.Guest;
import gmembench.guest.PageSet;
import gmembench.trace.Events;
import java.util.random.RandomGenerator;

/**
 * A running guest shares its bounce buffer and single pages all over; on kexec the old kernel finds
 * every shared range and makes it private again (x86 enc_kexec_finish), and the next kernel shares
 * anew.
 *
 * @param ranges ranges that are shared beside the bounce buffer
 * @param mostPages a range has from 1 to so many pages
 * @param kernels kernels that boot after each other
 * @param gapNs time between two conversions
 */
@AutoService(Pattern.class)
public record Kexec(long ranges, long mostPages, long kernels, long gapNs) implements Pattern {
  public Kexec() {
    this(2000, 4, 3, 20_000);
  }

  public Kexec {
    if (ranges < 0 || mostPages < 1 || mostPages > 512) {
      throw new IllegalArgumentException("ranges of 0 or more, most-pages from 1 to 512");
    }
    if (kernels < 1 || gapNs < 0) {
      throw new IllegalArgumentException("kernels of 1 or more, gap of 0 or more");
    }
  }

  @Override
  public String why() {
    return "kexec or reboot: all that is shared goes back to private, range by range, before the next kernel";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    return open(guest, PatternTrace.lowPages(guest), random);
  }

  @Override
  public Steps open(Guest guest, long lowPages, RandomGenerator random) {
    Swiotlb.Buffer bounce = Swiotlb.Buffer.of(guest, lowPages);
    long buffer = bounce.pages();
    long start = bounce.gfn();
    PageSet shared = new PageSet(guest.pages());
    return new Steps() {
      private long kernel;
      private long done;
      private long swept;

      @Override
      public boolean next(Events out) {
        if (done == 0) {
          share(out, start, buffer);
          done++;
        } else if (done <= ranges) {
          share(out, random.nextLong(start - mostPages), 1 + random.nextLong(mostPages));
          done++;
        } else {
          sweep(out);
        }
        out.idle(gapNs);
        return kernel < kernels;
      }

      private void share(Events out, long gfn, long pages) {
        out.toShared(gfn, pages);
        shared.add(gfn, pages);
      }

      // The next shared run, upwards.
      private void sweep(Events out) {
        long gfn = shared.next(swept, guest.pages());
        swept = shared.nextAbsent(gfn, guest.pages());
        out.toPrivate(gfn, swept - gfn);
        shared.remove(gfn, swept - gfn);
        if (shared.size() == 0) {
          kernel++;
          done = 0;
          swept = 0;
        }
      }
    };
  }
}
