// SPDX-License-Identifier: Apache-2.0
package gmembench.alignment;

import module java.base;

import gmembench.guest.Slot;

/**
 * Where a slot can be mapped with huge pages of one size, by the arithmetic of
 * kvm_alloc_memslot_metadata: a frame that the slot's edge cuts cannot; none can if gfn and file
 * offset are not aligned alike. And what a file of such pages allocates beside the slot, as
 * shmem_get_folio rounds an offset down to its huge page.
 *
 * @param framePages the huge page's size in pages of 4K
 * @param fromGfn the first gfn that may be mapped huge
 * @param endGfn the gfn after the last, the same if there is none
 * @param touched frames that the slot is in, whole or in part
 * @param headPages allocated before the slot's part of the file
 * @param tailPages allocated after it
 */
public record HugeFrames(
    long framePages, long fromGfn, long endGfn, long touched, long headPages, long tailPages) {

  public static HugeFrames of(Slot slot, long framePages) {
    long first = down(slot.gfn(), framePages);
    long touched = (up(slot.endGfn(), framePages) - first) / framePages;
    long head = slot.offsetPages() % framePages;
    long tail = up(slot.endOffsetPages(), framePages) - slot.endOffsetPages();
    long from = up(slot.gfn(), framePages);
    long end = Math.max(from, down(slot.endGfn(), framePages));
    boolean alike = (slot.gfn() - slot.offsetPages()) % framePages == 0;
    return new HugeFrames(framePages, from, alike ? end : from, touched, head, tail);
  }

  /** The same slot, of which nothing may be huge. */
  HugeFrames none() {
    return new HugeFrames(framePages, fromGfn, fromGfn, touched, headPages, tailPages);
  }

  /** Frames that may be huge. */
  public long count() {
    return (endGfn - fromGfn) / framePages;
  }

  /** Pages of a file of such huge pages that are allocated for these slots and are in none. */
  public static long outsideAll(List<Slot> slots, long framePages) {
    long allocatedTo = 0;
    long allocated = 0;
    long used = 0;
    List<Slot> rising = slots.stream().sorted(Comparator.comparingLong(Slot::offsetPages)).toList();
    for (Slot slot : rising) {
      long from = Math.max(allocatedTo, down(slot.offsetPages(), framePages));
      long end = up(slot.endOffsetPages(), framePages);
      allocated += Math.max(0, end - from);
      allocatedTo = Math.max(allocatedTo, end);
      used += slot.pages();
    }
    return allocated - used;
  }

  private static long down(long pages, long framePages) {
    return pages & -framePages;
  }

  private static long up(long pages, long framePages) {
    return down(pages + framePages - 1, framePages);
  }
}
