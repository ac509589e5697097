// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.guest.Guest;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.guest.Slot;

/**
 * The memory attributes of a VM as KVM keeps them up to Linux 7.3, and the work that a call of
 * KVM_SET_MEMORY_ATTRIBUTES does on them, counted: an entry an XArray stores for each private page
 * (kvm_vm_set_mem_attributes), and for each 2M and 1G frame of a memslot whether it is mixed, which
 * is found by scanning ({@link MixedFlags}).
 *
 * <p>At the start all memory is private, as QEMU sets it for SNP and TDX.
 */
public final class AttributeStore implements MixedFlags.Pages {
  private final Guest guest;
  private final PageSet privatePages;
  private final MixedFlags flags;

  /** Levels of its tree, 64 entries a node, as high as the last page of the guest needs it. */
  private final int height;

  private long walked;

  public AttributeStore(Guest guest) {
    this.guest = guest;
    this.privatePages = new PageSet(guest.pages());
    long last = guest.slots().stream().mapToLong(Slot::endGfn).max().orElse(1) - 1;
    this.height = Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(last) + 5) / 6);
    this.flags = new MixedFlags(guest, this);
    guest.slots().forEach(slot -> privatePages.add(slot.gfn(), slot.pages()));
  }

  Guest guest() {
    return guest;
  }

  /**
   * Sets a range, and counts what that takes.
   *
   * @return whether any page was on the other side; if not, the call returns early
   */
  boolean set(long gfn, long pages, Side side, Counts counts) {
    if (areAll(gfn, gfn + pages, side, counts)) {
      return false;
    }
    if (side == Side.PRIVATE) {
      privatePages.add(gfn, pages);
    } else {
      privatePages.remove(gfn, pages);
    }
    counts.add(Term.PER_STORE, pages);
    walked = 0;
    flags.update(gfn, gfn + pages, side, counts);
    counts.add(Term.PER_ASKED_NODE, walked);
    return true;
  }

  /**
   * kvm_range_has_memory_attributes: entry by entry as long as they are private; for shared, which
   * is stored as nothing, one look for the next entry that is there.
   */
  @Override
  public boolean areAll(long gfn, long end, Side side, Counts counts) {
    if (side == Side.SHARED) {
      counts.add(Term.PER_SCANNED, 1);
      return privatePages.next(gfn, end) == end;
    }
    long differs = privatePages.nextAbsent(gfn, end);
    counts.add(Term.PER_SCANNED, Math.min(end, differs + 1) - gfn);
    return differs == end;
  }

  /** kvm_get_memory_attributes: from the root of the tree, each time. */
  @Override
  public Side get(long gfn) {
    walked += height;
    return privatePages.contains(gfn) ? Side.PRIVATE : Side.SHARED;
  }
}
