// SPDX-License-Identifier: Apache-2.0
package gmembench.guest;

import module java.base;

import gmembench.Units;

/**
 * The guest whose memory is converted.
 *
 * @param pages gfns of 4K pages run from 0 to below this; without slots of its own, also how many
 *     pages the guest has
 * @param vcpus virtual CPUs, numbered from 0
 * @param slots where its memory is, by rising gfn, without overlap; one at 0 if none are given
 * @param filePages size of the file that the slots are of
 * @param files of the VMs that have this memory, where the backing gives each one of its own; empty
 *     if there is but one VM
 */
public record Guest(
    long pages, int vcpus, List<Slot> slots, long filePages, List<InodeFile> files) {
  /** 4K pages in a 2M frame. */
  public static final long FRAME_PAGES = 512;

  public Guest {
    if (pages <= 0 || vcpus <= 0) {
      throw new IllegalArgumentException("a guest has pages and vcpus: " + pages + ", " + vcpus);
    }
  }

  /** All memory in one slot at gfn 0, and the file no longer than that. */
  public Guest(long pages, int vcpus) {
    this(pages, vcpus, List.of(new Slot(0, Math.max(1, pages), 0)), pages, List.of());
  }

  /** The same memory, which several VMs have. */
  public Guest with(List<InodeFile> files) {
    return new Guest(pages, vcpus, slots, filePages, files);
  }

  public static Guest of(List<Slot> slots, int vcpus, long filePages) {
    List<Slot> rising = slots.stream().sorted(Comparator.comparingLong(Slot::gfn)).toList();
    return new Guest(rising.getLast().endGfn(), vcpus, rising, filePages, List.of());
  }

  public static Guest ofBytes(long bytes) {
    return new Guest(bytes / Units.PAGE_BYTES, 1);
  }

  /** As far as gfns run: more than there is memory if there are holes between slots. */
  public long bytes() {
    return pages * Units.PAGE_BYTES;
  }

  public long fileBytes() {
    return filePages * Units.PAGE_BYTES;
  }

  public long memoryBytes() {
    return memoryPages() * Units.PAGE_BYTES;
  }

  long memoryPages() {
    return slots.stream().mapToLong(Slot::pages).sum();
  }

  /** The same memory in one piece at gfn 0, which is what patterns know. */
  public Guest flat() {
    return hasHoles() ? new Guest(memoryPages(), vcpus) : this;
  }

  public boolean hasHoles() {
    return slots.size() > 1 || slots.getFirst().gfn() > 0;
  }

  /** Is the page of the file behind every gfn that of the same number? */
  public boolean isFlat() {
    Slot first = slots.get(0);
    return (first.gfn() | first.offsetPages()) == 0 && slots.size() == 1;
  }

  /** Do slots begin and end with pages of this many 4K pages, in the guest and in the file? */
  public boolean isAligned(long pages) {
    return slots.stream()
        .allMatch(s -> ((s.gfn() | s.offsetPages() | s.pages()) & (pages - 1)) == 0);
  }

  /** The slot that a gfn is in; there must be one. */
  public Slot slotAt(long gfn) {
    for (int i = 0; i < slots.size(); i++) {
      Slot slot = slots.get(i);
      if (slot.gfn() <= gfn && gfn < slot.endGfn()) {
        return slot;
      }
    }
    throw new IllegalArgumentException("no slot at gfn " + gfn);
  }

  /** The end of what a range has in one piece in the file, from its beginning on. */
  public long pieceEnd(long gfn, long end) {
    Slot slot = slotAt(gfn);
    long at = slot.endGfn();
    while (at < end) {
      Slot next = slotAt(at);
      if (next.page(at) != slot.page(at)) {
        break;
      }
      at = next.endGfn();
    }
    return Math.min(at, end);
  }

  /** The page of the file that is behind a gfn of the guest's memory. */
  public long page(long gfn) {
    return slotAt(gfn).page(gfn);
  }

  /** What looks for a page of the file in a range of it, and returns the range's end if none is. */
  public interface Search {
    long in(long page, long end);
  }

  /**
   * The first gfn of a range whose page is found in the file, or the range's end.
   *
   * @param holes is a gfn without memory one, too?
   */
  public long find(long gfn, long end, boolean holes, Search search) {
    long at = gfn;
    for (Slot slot : slots) {
      if (slot.gfn() > at && holes) {
        break;
      }
      long from = Math.max(at, slot.gfn());
      long to = Math.min(end, slot.endGfn());
      if (from < to) {
        long found = search.in(slot.page(from), slot.page(to)) - slot.page(0);
        if (found < to) {
          return found;
        }
        at = to;
      }
    }
    return holes ? Math.min(at, end) : end;
  }

  /** The pages of the file that are behind pages of the guest. */
  public PageSet behind(PageSet gfns) {
    if (isFlat()) {
      return gfns;
    }
    PageSet behind = new PageSet(filePages);
    for (Slot slot : slots) {
      gfns.forEachRun(slot.gfn(), slot.pages(), (gfn, n) -> behind.add(slot.page(gfn), n));
    }
    return behind;
  }

  /** The end of the memory that goes on without a hole at a gfn, or the gfn itself if none does. */
  long endOfMemory(long gfn) {
    long end = gfn;
    for (Slot slot : slots) {
      if (slot.gfn() <= end && end < slot.endGfn()) {
        end = slot.endGfn();
      }
    }
    return end;
  }

  public boolean has(long gfn, long pages) {
    boolean within = gfn >= 0 && pages > 0 && gfn < this.pages && pages <= this.pages - gfn;
    return within && (!hasHoles() || gfn + pages <= endOfMemory(gfn));
  }
}
