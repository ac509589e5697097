// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.guest.Guest;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import java.util.List;

/**
 * The memory attributes of a VM as KVM keeps them up to Linux 7.3, and the work that a call of
 * KVM_SET_MEMORY_ATTRIBUTES does on them, counted: an entry an XArray stores for each private page
 * (kvm_vm_set_mem_attributes), and for each 2M and 1G frame of a memslot whether it is mixed, which
 * is found by scanning (kvm_arch_post_set_memory_attributes, hugepage_has_attrs).
 *
 * <p>At the start all memory is private, as QEMU sets it for SNP and TDX.
 */
public final class AttributeStore {
  private static final int FRAME_2M = 9;
  private static final int FRAME_1G = 18;

  private final List<Slot> slots;
  private final PageSet privatePages;
  private final PageSet mixed2m;
  private final PageSet mixed1g;

  public AttributeStore(Guest guest) {
    this.slots = guest.slots();
    this.privatePages = new PageSet(guest.pages());
    this.mixed2m = new PageSet((guest.pages() >> FRAME_2M) + 1);
    this.mixed1g = new PageSet((guest.pages() >> FRAME_1G) + 1);
    slots.forEach(slot -> privatePages.add(slot.gfn(), slot.pages()));
  }

  /**
   * Sets a range, and counts what that takes.
   *
   * @return whether any page was on the other side; if not, the call returns early
   */
  boolean set(long gfn, long pages, Side side, Counts counts) {
    long end = gfn + pages;
    if (hasAttributes(gfn, end, side, counts)) {
      return false;
    }
    if (side == Side.PRIVATE) {
      privatePages.add(gfn, pages);
    } else {
      privatePages.remove(gfn, pages);
    }
    counts.add(Term.PER_STORE, pages);
    for (Slot slot : slots) {
      long from = Math.max(gfn, slot.gfn());
      long to = Math.min(end, slot.endGfn());
      if (from < to) {
        updateMixed(slot, from, to, side, mixed2m, FRAME_2M, counts);
        updateMixed(slot, from, to, side, mixed1g, FRAME_1G, counts);
      }
    }
    return true;
  }

  /** Only head and tail frames are scanned; what lies between is uniform by the call itself. */
  private void updateMixed(
      Slot slot, long from, long to, Side side, PageSet mixed, int order, Counts counts) {
    long frame = 1L << order;
    long gfn = from & -frame;
    if (gfn != from || gfn + frame > to) {
      updateMixed(slot, gfn, side, mixed, order, counts);
      gfn += frame;
    }
    for (; gfn + frame <= to; gfn += frame) {
      mixed.remove(gfn >> order, 1);
    }
    if (gfn < to) {
      updateMixed(slot, gfn, side, mixed, order, counts);
    }
  }

  /**
   * A frame that sticks out of its slot is never mapped huge, so nobody asks whether it is mixed.
   */
  private void updateMixed(
      Slot slot, long gfn, Side side, PageSet mixed, int order, Counts counts) {
    if (gfn < slot.gfn() || gfn + (1L << order) > slot.endGfn()) {
      return;
    }
    boolean uniform =
        order == FRAME_2M
            ? hasAttributes(gfn, gfn + Guest.FRAME_PAGES, side, counts)
            : areUniform(gfn, gfn + (1L << order), side, counts);
    if (uniform) {
      mixed.remove(gfn >> order, 1);
    } else {
      mixed.add(gfn >> order, 1);
    }
  }

  /**
   * kvm_range_has_memory_attributes: entry by entry as long as they are private; for shared, which
   * is stored as nothing, one look for the next entry that is there.
   */
  private boolean hasAttributes(long gfn, long end, Side side, Counts counts) {
    if (side == Side.SHARED) {
      counts.add(Term.PER_SCANNED, 1);
      return privatePages.next(gfn, end) == end;
    }
    long differs = privatePages.nextAbsent(gfn, end);
    counts.add(Term.PER_SCANNED, Math.min(end, differs + 1) - gfn);
    return differs == end;
  }

  /**
   * Each 2M frame is asked for its flag and its first page's attributes, up to one that differs.
   */
  private boolean areUniform(long gfn, long end, Side side, Counts counts) {
    for (long at = gfn; at < end; at += Guest.FRAME_PAGES) {
      counts.add(Term.PER_ASKED, 1);
      boolean isPrivate = privatePages.contains(at);
      if (mixed2m.contains(at >> FRAME_2M) || isPrivate != (side == Side.PRIVATE)) {
        return false;
      }
    }
    return true;
  }
}
