// SPDX-License-Identifier: Apache-2.0
package gmembench.guest;

import gmembench.Units;

/**
 * A memslot: guest addresses that a piece of the guest's file is behind
 * (KVM_SET_USER_MEMORY_REGION2: guest_phys_addr, memory_size, guest_memfd_offset). In 4K pages.
 *
 * @param gfn where it begins in the guest
 * @param pages its size
 * @param offsetPages where it begins in the file
 */
public record Slot(long gfn, long pages, long offsetPages) {
  public Slot {
    if (gfn < 0 || pages <= 0 || offsetPages < 0) {
      throw new IllegalArgumentException(
          "a slot has pages: " + gfn + ", " + pages + ", " + offsetPages);
    }
  }

  public static Slot ofBytes(long gpa, long bytes, long offset) {
    return new Slot(gpa / Units.PAGE_BYTES, bytes / Units.PAGE_BYTES, offset / Units.PAGE_BYTES);
  }

  public long endGfn() {
    return gfn + pages;
  }

  /** The page of the file that is behind a gfn of this slot. */
  public long page(long gfn) {
    return gfn - this.gfn + offsetPages;
  }

  public long endOffsetPages() {
    return offsetPages + pages;
  }

  public long gpa() {
    return gfn * Units.PAGE_BYTES;
  }

  public long bytes() {
    return pages * Units.PAGE_BYTES;
  }

  public long offset() {
    return offsetPages * Units.PAGE_BYTES;
  }

  public boolean overlaps(Slot other) {
    return gfn < other.endGfn() && other.gfn < endGfn();
  }

  public boolean sharesFileWith(Slot other) {
    return offsetPages < other.endOffsetPages() && other.offsetPages < endOffsetPages();
  }
}
