// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.guest.Guest;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.tracker.PageMap;
import java.util.List;

/**
 * Which frames of memslots have pages of both sides (KVM_LPAGE_MIXED_FLAG), kept as KVM does after
 * each change of a range: kvm_arch_post_set_memory_attributes, hugepage_has_attrs. The looks that
 * this takes are counted, for 2M frames and for 1G ones. The flags of 2M are asked for those of 1G;
 * these nobody asks for here, so they are not kept.
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
  private final PageSet mixed;

  /** All memory is on one side. */
  public MixedFlags(Guest guest, Pages pages) {
    this.slots = guest.slots();
    this.pages = pages;
    this.mixed = new PageSet((guest.pages() >> PageMap.ORDER_2M) + 1);
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

  /** Only head and tail frames are scanned; what lies between is uniform by the call itself. */
  private void update(Slot slot, long from, long to, Side side, int order, Counts counts) {
    long frame = 1L << order;
    long gfn = from & -frame;
    if (gfn != from || gfn + frame > to) {
      update(slot, gfn, side, order, counts);
      gfn += frame;
    }
    for (; gfn + frame <= to; gfn += frame) {
      if (order == PageMap.ORDER_2M) {
        mixed.remove(gfn >> order, 1);
      }
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
    if (order == PageMap.ORDER_1G) {
      ask(gfn, gfn + (1L << order), side, counts);
    } else if (pages.areAll(gfn, gfn + Guest.FRAME_PAGES, side, counts)) {
      mixed.remove(gfn >> order, 1);
    } else {
      mixed.add(gfn >> order, 1);
    }
  }

  /**
   * Each 2M frame is asked for its flag and its first page's attributes, up to one that differs.
   */
  private void ask(long gfn, long end, Side side, Counts counts) {
    boolean isUniform = true;
    for (long at = gfn; isUniform && at < end; at += Guest.FRAME_PAGES) {
      counts.add(Term.PER_ASKED, 1);
      isUniform = !mixed.contains(at >> PageMap.ORDER_2M) && pages.get(at) == side;
    }
  }
}
