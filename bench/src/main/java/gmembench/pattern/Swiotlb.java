// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Events;
import java.util.random.RandomGenerator;

/**
 * A Linux guest's bounce buffer: 6 % of its memory, at least 64 MiB and at most 1 GiB, made shared
 * at boot below 4 GiB (arch/x86/mm/mem_encrypt_amd.c), then used by I/O without conversions.
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
  public String name() {
    return "swiotlb";
  }

  @Override
  public String why() {
    return "the kernel shares its bounce buffer at boot, then does all its I/O in it: one big conversion";
  }

  /** Pages of the buffer: what Linux takes. */
  static long bufferPages(Guest guest) {
    long least = (64L << 20) / Units.PAGE_BYTES;
    long most = (1L << 30) / Units.PAGE_BYTES;
    return Math.clamp(guest.pages() * 6 / 100, least, most) & -Guest.FRAME_PAGES;
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    long pages = bufferPages(guest);
    long start = (Math.min(guest.pages(), 3L << 18) - pages) & -Guest.FRAME_PAGES;
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
