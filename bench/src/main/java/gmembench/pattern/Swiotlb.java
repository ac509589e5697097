// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import java.util.random.RandomGenerator;

/**
 * A Linux guest's bounce buffer: 6 % of its memory, at least 64 MiB and at most 1 GiB
 * (mem_encrypt_setup_arch of arch/x86/mm/mem_encrypt.c), rounded up to a power of two
 * (round_up_default_nslabs of kernel/dma/swiotlb.c, since Linux 6.0), made shared at boot at the
 * top of memory below 4 GiB, then used by I/O without conversions.
 *
 * @param chunkBytes how much one conversion covers
 * @param ios requests bounced through it afterwards
 * @param ioBytes size of a request
 * @param gapNs time between two events
 */
@AutoService(Pattern.class)
public record Swiotlb(long chunkBytes, long ios, long ioBytes, long gapNs) implements Pattern {
  public Swiotlb() {
    this(2 << 20, 4096, 64 << 10, 20_000);
  }

  public Swiotlb {
    if (chunkBytes < Units.PAGE_BYTES || ioBytes < Units.PAGE_BYTES) {
      throw new IllegalArgumentException("chunk and io of 4KiB or more");
    }
    if (ios < 0 || gapNs < 0) {
      throw new IllegalArgumentException("ios and gap of 0 or more");
    }
  }

  @Override
  public String why() {
    return "the kernel shares its bounce buffer at boot, then does all its I/O in it: one big conversion";
  }

  /**
   * The buffer of a guest.
   *
   * @param gfn in the guest's memory in one piece
   */
  record Buffer(long gfn, long pages) {
    private static final long LEAST_BYTES = 64L << 20; // IO_TLB_DEFAULT_SIZE
    private static final long MOST_BYTES = 1L << 30;
    private static final long SEGMENT_BYTES = 256L << 10; // IO_TLB_SEGSIZE slabs: one a CPU's area
    private static final long SMALLEST_BYTES = 1L << 20; // IO_TLB_MIN_SLABS

    /** Half of it, and half again, is tried if there is not so much below 4 GiB. */
    static Buffer of(Guest guest, long lowPages) {
      long wanted = Math.clamp(guest.bytes() * 6 / 100, LEAST_BYTES, MOST_BYTES);
      long areas = powerOfTwo(guest.vcpus()) * SEGMENT_BYTES;
      long bytes = powerOfTwo(Math.max(wanted, areas));
      long low = lowPages * Units.PAGE_BYTES;
      while (bytes >= low && bytes > SMALLEST_BYTES) {
        bytes /= 2;
      }
      long pages = bytes / Units.PAGE_BYTES;
      return new Buffer((lowPages - pages) & -Guest.FRAME_PAGES, pages);
    }

    private static long powerOfTwo(long atLeast) {
      long highest = Long.highestOneBit(atLeast);
      return highest == atLeast ? highest : highest * 2;
    }
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    return open(guest, PatternTrace.lowPages(guest), random);
  }

  @Override
  public Steps open(Guest guest, long lowPages, RandomGenerator random) {
    Buffer buffer = Buffer.of(guest, lowPages);
    long pages = buffer.pages();
    long start = buffer.gfn();
    long chunk = chunkBytes / Units.PAGE_BYTES;
    long io = Math.min(pages, ioBytes / Units.PAGE_BYTES);
    return new Steps() {
      private long shared;
      private long done;

      @Override
      public boolean next(Events out) {
        if (shared < pages) {
          long now = Math.min(chunk, pages - shared);
          out.toShared(start + shared, now);
          shared += now;
        } else if (done < ios) {
          out.touchShared(start + random.nextLong(pages - io + 1), io);
          done++;
        }
        out.idle(gapNs);
        return shared < pages || done < ios;
      }
    };
  }
}
