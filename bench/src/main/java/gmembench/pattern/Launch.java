// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import gmembench.trace.Op;
import java.util.random.RandomGenerator;

/**
 * What a VMM does before the guest runs: it sets all memory private and allocates it, piece by
 * piece, reads firmware, kernel and initrd into shared memory, and copies them into private memory
 * (KVM_SEV_SNP_LAUNCH_UPDATE, KVM_TDX_INIT_MEM_REGION). Then the guest's first instruction. All but
 * that is the host's: there is no vCPU that could ask.
 *
 * @param imageBytes what is copied in, from the end of the first MiB
 * @param pieceBytes how much one conversion or copy covers
 * @param allocate how the rest of memory is allocated
 * @param copy how the image comes into private memory
 * @param afterStartBytes how much of the image is to be copied in again once the guest runs
 * @param gapNs time between two events
 */
@AutoService(Pattern.class)
public record Launch(
    long imageBytes,
    long pieceBytes,
    Allocate allocate,
    Copy copy,
    long afterStartBytes,
    long gapNs)
    implements Pattern {
  /** How memory comes to be there. */
  public enum Allocate {
    /** The VMM touches every page: prealloc=on. */
    TOUCH,
    /** fallocate. */
    FALLOCATE,
    /** Not before the guest faults it in. */
    NONE
  }

  /** How a page of the image gets where it belongs. */
  public enum Copy {
    /** The host touches both pages: what copying does but for the bytes. */
    TOUCH,
    /** The VMM copies it, for the second time since it was read. */
    USERSPACE,
    /** The kernel copies it. */
    KERNEL,
    /** It is written while the page is shared, which is converted then. */
    IN_PLACE
  }

  public Launch() {
    this(32 << 20, 2 << 20, Allocate.TOUCH, Copy.TOUCH, 0, 10_000);
  }

  public Launch {
    if (imageBytes < Units.PAGE_BYTES || pieceBytes < Units.PAGE_BYTES) {
      throw new IllegalArgumentException("image and piece of 4KiB or more");
    }
    if (afterStartBytes < 0 || afterStartBytes > imageBytes) {
      throw new IllegalArgumentException("after-start of 0 or more, at most the image");
    }
    if (afterStartBytes > 0 && copy != Copy.USERSPACE && copy != Copy.KERNEL) {
      throw new IllegalArgumentException("after-start with copy=userspace or copy=kernel only");
    }
    if (gapNs < 0) {
      throw new IllegalArgumentException("gap of 0 or more");
    }
  }

  @Override
  public String why() {
    return "before a guest starts, its memory is set private, allocated, and its image copied in";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    return new Launching(guest.pages());
  }

  private final class Launching implements Steps {
    private final long piece = pieceBytes / Units.PAGE_BYTES;
    private final long image = imageBytes / Units.PAGE_BYTES;
    private final long first = (1 << 20) / Units.PAGE_BYTES;
    private final long pages;
    private long set;
    private long copied;
    private long late;
    private boolean hasStarted;

    Launching(long pages) {
      this.pages = pages;
    }

    @Override
    public boolean next(Events out) {
      if (set < pages) {
        long now = Math.min(piece, pages - set);
        out.hostToPrivate(set, now);
        allocate(out, set, now);
        set += now;
      } else if (copied < image) {
        long now = Math.min(piece, image - copied);
        read(out, first + copied, now);
        copied += now;
      } else if (!hasStarted) {
        out.add(Op.START, first, 1);
        hasStarted = true;
      } else {
        long now = Math.min(piece, afterStartBytes / Units.PAGE_BYTES - late);
        read(out, first + late, now);
        late += now;
      }
      out.idle(gapNs);
      return !hasStarted || late < afterStartBytes / Units.PAGE_BYTES;
    }

    private void allocate(Events out, long gfn, long count) {
      switch (allocate) {
        case TOUCH -> out.add(Op.HOST_TOUCH_PRIVATE, gfn, count);
        case FALLOCATE -> out.add(Op.ALLOCATE, gfn, count);
        case NONE -> {}
      }
    }

    /** Reads a piece of the image from disk into shared memory, and puts it where it belongs. */
    private void read(Events out, long gfn, long count) {
      if (copy == Copy.IN_PLACE) {
        out.hostToShared(gfn, count);
      }
      out.hostTouchShared(gfn, count);
      switch (copy) {
        case TOUCH -> out.add(Op.HOST_TOUCH_PRIVATE, gfn, count);
        case USERSPACE -> out.add(Op.COPY, gfn, count);
        case KERNEL -> out.add(Op.POPULATE, gfn, count);
        case IN_PLACE -> out.hostToPrivate(gfn, count);
      }
    }
  }
}
