// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import java.util.random.RandomGenerator;

/**
 * A guest moves to another VM on the same host, which takes over the memory as it is, contents and
 * conversion state: nothing is copied and nothing converted, but the target has to fault every page
 * again. The lower half of the vCPUs are the source's, the upper half the target's.
 *
 * @param ranges shared ranges that the guest has, all over its memory
 * @param mostPages the largest of them
 * @param blackoutNs from the source's last event to the target's first
 * @param pieceBytes how much the target touches at once
 */
@AutoService(Pattern.class)
public record IntraHostMigration(long ranges, long mostPages, long blackoutNs, long pieceBytes)
    implements Pattern {
  public IntraHostMigration() {
    this(500, 16, 50_000_000, 64 << 10);
  }

  public IntraHostMigration {
    if (ranges < 1 || mostPages < 1 || blackoutNs < 0 || pieceBytes < Units.PAGE_BYTES) {
      throw new IllegalArgumentException("ranges and pages of 1 or more, pieces of 4KiB or more");
    }
  }

  @Override
  public String why() {
    return "another VM takes over memory and its state as they are: all is faulted again, nothing converted";
  }

  /** A range begins a section of memory each, so that ranges do not meet. */
  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    long section = guest.pages() / ranges;
    long piece = pieceBytes / Units.PAGE_BYTES;
    int sources = Math.max(1, guest.vcpus() / 2);
    int targets = Math.max(1, guest.vcpus() - sources);
    return new Steps() {
      private final long[] size = new long[(int) ranges];
      private int shared;
      private long refaulted;
      private int back;

      @Override
      public boolean next(Events out) {
        if (shared < ranges) {
          out.vcpu(shared % sources);
          size[shared] = 1 + random.nextLong(Math.max(1, Math.min(mostPages, section)));
          out.toShared(shared * section, size[shared]);
          out.idle(shared + 1 < ranges ? 10_000 : blackoutNs);
          shared++;
        } else if (refaulted < ranges) {
          out.vcpu(target(refaulted));
          touchAll(out, refaulted++);
        } else {
          out.vcpu(target(back));
          out.toPrivate(back * section, size[back]);
          out.idle(10_000);
          back++;
        }
        return back < ranges;
      }

      private int target(long index) {
        return (int) Math.min(guest.vcpus() - 1, sources + index % targets);
      }

      private void touchAll(Events out, long index) {
        long gfn = index * section;
        long end = index + 1 == ranges ? guest.pages() : gfn + section;
        out.touchShared(gfn, size[(int) index]);
        for (long at = gfn + size[(int) index]; at < end; at += piece) {
          out.touchPrivate(at, Math.min(piece, end - at));
        }
      }
    };
  }
}
