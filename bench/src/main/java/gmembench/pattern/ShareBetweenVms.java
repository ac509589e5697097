// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import java.util.random.RandomGenerator;

/**
 * Two VMs on one inode: the first writes a message to a ring of pages, shares it and the second
 * takes it; then the first has the page back. The lower half of the vCPUs are the first VM's. What
 * is the same page is the same gfn here, wherever each VM has it.
 *
 * @param ringBytes pages that messages go through, at the top of memory
 * @param messageBytes size of a message
 * @param messages how many
 * @param gapNs time between two steps
 */
@AutoService(Pattern.class)
public record ShareBetweenVms(long ringBytes, long messageBytes, long messages, long gapNs)
    implements Pattern {
  public ShareBetweenVms() {
    this(4 << 20, 16 << 10, 4000, 5_000);
  }

  public ShareBetweenVms {
    if (messageBytes < Units.PAGE_BYTES || ringBytes < messageBytes) {
      throw new IllegalArgumentException("messages of 4KiB or more, and a ring that holds one");
    }
    if (messages < 1 || gapNs < 0) {
      throw new IllegalArgumentException("messages of 1 or more, gap of 0 or more");
    }
  }

  @Override
  public String why() {
    return "one VM shares pages with another, message by message: each conversion zaps both VMs' mappings";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    long pages = messageBytes / Units.PAGE_BYTES;
    long places = ringBytes / messageBytes;
    long ring = guest.pages() - places * pages;
    int writers = Math.max(1, guest.vcpus() / 2);
    return new Steps() {
      private long message;

      @Override
      public boolean next(Events out) {
        long gfn = ring + message % places * pages;
        int writer = (int) (message % writers);
        out.vcpu(writer);
        out.touchPrivate(gfn, pages);
        out.toShared(gfn, pages);
        out.idle(gapNs);
        out.vcpu(Math.min(guest.vcpus() - 1, writers + writer));
        out.touchShared(gfn, pages);
        out.idle(gapNs);
        out.vcpu(writer);
        out.toPrivate(gfn, pages);
        out.idle(gapNs);
        return ++message < messages;
      }
    };
  }
}
