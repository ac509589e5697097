// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.guest.Guest;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.tracker.PageMap;
import java.util.List;

/**
 * Which 2M and 1G frames of memslots have pages of both sides (KVM_LPAGE_MIXED_FLAG), kept as KVM
 * does after each change of a range: kvm_arch_post_set_memory_attributes, hugepage_has_attrs. The
 * looks that this takes are counted.
 */
public final class MixedFlags {
  /** Where the sides of pages are kept. */
  public interface Pages {
    /** Is a range all on a side? Counts {@link Term#PER_SCANNED}. */
    boolean areAll(long gfn, long end, Side side, Counts counts);

    Side get(long gfn);
  }

  private final List<Slot> slots;
  private final Pages pages;
  private final PageSet mixed2m;
  private final PageSet mixed1g;

  /** All memory is on one side. */
  public MixedFlags(Guest guest, Pages pages) {
    this.slots = guest.slots();
    this.pages = pages;
    this.mixed2m = new PageSet((guest.pages() >> PageMap.ORDER_2M) + 1);
    this.mixed1g = new PageSet((guest.pages() >> PageMap.ORDER_1G) + 1);
  }

  /** A range was put on a side. */
  public void update(long gfn, long end, Side side, Counts counts) {
    for (Slot slot : slots) {
      long from = Math.max(gfn, slot.gfn());
      long to = Math.min(end, slot.endGfn());
      if (from < to) {
        update(slot, from, to, side, PageMap.ORDER_2M, counts);
        update(slot, from, to, side, PageMap.ORDER_1G, counts);
      }
    }
  }

  private PageSet mixed(int order) {
    return order == PageMap.ORDER_2M ? mixed2m : mixed1g;
  }

  /** Only head and tail frames are scanned; what lies between is uniform by the call itself. */
  private void update(Slot slot, long from, long to, Side side, int order, Counts counts) {
    long frame = 1L << order;
    long gfn = from & -frame;
    if (gfn != from || gfn + frame > to) {
      update(slot, gfn, side, order, counts);
      gfn += frame;
    }
    for (; gfn + frame <= to; gfn += frame) {
      mixed(order).remove(gfn >> order, 1);
    }
    if (gfn < to) {
      update(slot, gfn, side, order, counts);
    }
  }

  /**
   * A frame that sticks out of its slot is never mapped huge, so nobody asks whether it is mixed.
   */
  private void update(Slot slot, long gfn, Side side, int order, Counts counts) {
    if (gfn < slot.gfn() || gfn + (1L << order) > slot.endGfn()) {
      return;
    }
    boolean uniform =
        order == PageMap.ORDER_2M
            ? pages.areAll(gfn, gfn + Guest.FRAME_PAGES, side, counts)
            : areUniform(gfn, gfn + (1L << order), side, counts);
    if (uniform) {
      mixed(order).remove(gfn >> order, 1);
    } else {
      mixed(order).add(gfn >> order, 1);
    }
  }

  /**
   * Each 2M frame is asked for its flag and its first page's attributes, up to one that differs.
   */
  private boolean areUniform(long gfn, long end, Side side, Counts counts) {
    for (long at = gfn; at < end; at += Guest.FRAME_PAGES) {
      counts.add(Term.PER_ASKED, 1);
      if (mixed2m.contains(at >> PageMap.ORDER_2M) || pages.get(at) != side) {
        return false;
      }
    }
    return true;
  }
}
