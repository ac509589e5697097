// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.backing.Backing;
import gmembench.backing.Memslots;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.mm.Counts;
import gmembench.mm.Term;
import gmembench.result.Declared;
import gmembench.result.Metrics;

/**
 * A modelled VM's slots: the table that live has too, and what its changes take. Deleting a slot
 * takes all that the guest has mapped from it (KVM_X86_QUIRK_SLOT_ZAP_ALL), so its hot pages are
 * faulted again.
 */
final class ModelSlots implements Memslots.Changes {
  private final Memslots slots;
  private final long pages;
  private final long hotPages;

  /** VMs that have this memory: each has slots of its own, and all are alike. */
  private final long vms;

  private long operations;
  private long setPages;
  private long setFrames;

  /** All private; as many as there have to be, whatever KVM_CAP_NR_MEMSLOTS is. */
  ModelSlots(Backing backing, Guest guest) {
    this.slots = new Memslots(backing.slots(guest), 0, Integer.MAX_VALUE);
    this.pages = guest.pages();
    this.hotPages = backing.hotPages();
    this.vms = backing.filePerVm() ? guest.files().size() : 1;
    slots.put(0, pages, Side.PRIVATE, this);
  }

  /** Puts a range on a side, and counts what that takes; false if it is there. */
  boolean rebind(long gfn, long count, Side side, Counts counts) {
    setPages = 0;
    setFrames = 0;
    long changed = slots.put(gfn, count, side, this);
    operations += vms * changed;
    set(counts, vms, changed);
    counts.set(Term.PER_HOT_PAGE, vms * hotPages);
    return changed > 0;
  }

  private void set(Counts counts, long times, long changed) {
    counts.set(Term.FIXED, times * changed);
    counts.set(Term.PER_PAGE, times * setPages);
    counts.set(Term.PER_FRAME, times * setFrames);
  }

  /** Counts what it takes a VM to set all slots as they are. */
  void setAll(Counts counts) {
    setPages = 0;
    setFrames = 0;
    slots.slots().forEach(this::set);
    set(counts, 1, slots.count());
  }

  /** Bindings of the private file that a call on a side has in its range. */
  long bindings(long gfn, long count, Side side) {
    return side == Side.SHARED ? 0 : vms * slots.crossed(gfn, count, Side.PRIVATE);
  }

  @Override
  public void remove(Memslots.Entry slot) {}

  @Override
  public void set(Memslots.Entry slot) {
    setPages += slot.pages();
    setFrames += ((slot.endGfn() - 1) >> 9) - (slot.gfn() >> 9) + 1;
  }

  void watch(Memslots.Watch watch) {
    slots.watch(watch);
  }

  void unbind() {
    slots.clear(this);
  }

  void restart() {
    slots.put(0, pages, Side.PRIVATE, this);
    operations = 0;
  }

  /** Nothing if nobody changed a slot. */
  void report(Metrics metrics) {
    if (operations > 0) {
      metrics.put(Declared.SLOT_OPERATIONS, operations);
      metrics.put(Declared.SLOTS_END, slots.count());
    }
  }
}
