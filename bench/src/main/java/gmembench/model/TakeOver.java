// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import module java.base;

import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.InodeFile;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.mm.Counts;
import gmembench.mm.Effects;
import gmembench.mm.Term;

/**
 * A VM takes the place of another: it sets its slots. On the same host the source then loses its
 * mappings by a zap of every binding; to another host its contents are moved. What the target maps
 * again is charged where it touches it.
 */
final class TakeOver {
  private final ModelMemory memory;
  private final Guest guest;
  private final ModelSlots slots;
  private final Charges charges;
  private final Effects effects;
  private final InodeMappings files;
  private final Contention time;

  TakeOver(
      ModelMemory memory,
      Guest guest,
      ModelSlots slots,
      Charges charges,
      Effects effects,
      InodeMappings files,
      Contention time) {
    this.memory = memory;
    this.guest = guest;
    this.slots = slots;
    this.charges = charges;
    this.effects = effects;
    this.files = files;
    this.time = time;
  }

  /** A VM is about to do a verb: what fills pages is its owner's to do. */
  void before(Verb verb) {
    ifDue();
    if (verb == Verb.ALLOCATE || verb == Verb.COPY_IN || verb == Verb.POPULATE) {
      files.requireOwner(verb.text());
    }
  }

  /** Does so if a vCPU runs whose VM has yet to take over. */
  void ifDue() {
    if (!files.mustTakeOver()) {
      return;
    }
    InodeFile next = files.next();
    long zapped = files.takeOver();
    Counts counts = new Counts();
    slots.setAll(counts);
    long ns = charges.of(Verb.REBIND, Side.PRIVATE).cost().ns(counts);
    if (next.role() == InodeFile.Role.DESTINATION) {
      move(next.largestPages(), ns);
      return;
    }
    Cost zap = charges.of(Verb.DISCARD, Side.PRIVATE).cost();
    long bindings = slots.bindings(0, guest.pages(), Side.PRIVATE);
    ns = Math.addExact(ns, Math.multiplyExact(zap.of(Term.PER_MAP), zapped));
    ns = Math.addExact(ns, Math.multiplyExact(zap.of(Term.PER_BINDING), bindings));
    time.spendAlone(ns);
    files.tookOver(zapped, 0, 0, ns);
  }

  /**
   * The other host receives every page that is resident: it is written to new memory, side by side,
   * and the guest has none of it in its page tables then.
   */
  private void move(long largestPages, long slotsNs) {
    PageSet[] contents = {
      effects.ledger().resident(Side.PRIVATE), effects.ledger().resident(Side.SHARED)
    };
    for (Side side : Side.values()) {
      effects.leave(guest.filePages(), side);
    }
    long ns = slotsNs;
    long moved = 0;
    long realigned = 0;
    for (Side side : Side.values()) {
      PageSet pages = contents[side.ordinal()];
      for (long at = pages.next(0, guest.filePages()); at < guest.filePages(); ) {
        long end = pages.nextAbsent(at, guest.filePages());
        ns = Math.addExact(ns, memory.touchInFile(at, end - at, side));
        effects.unmap(at, end - at, side);
        moved += end - at;
        realigned += realigned(at, end, largestPages);
        at = pages.next(end, guest.filePages());
      }
    }
    time.spendAlone(ns);
    files.tookOver(0, moved, realigned, ns);
  }

  /**
   * Pages of slots whose address and offset are not congruent modulo the other host's largest page:
   * it maps none of them by such pages unless their offset in the file is another.
   */
  private long realigned(long page, long end, long largestPages) {
    long pages = 0;
    for (Slot slot : guest.slots()) {
      if ((slot.gfn() - slot.offsetPages()) % largestPages != 0) {
        long last = Math.min(end, slot.endOffsetPages());
        pages += Math.max(0, last - Math.max(page, slot.offsetPages()));
      }
    }
    return pages;
  }
}
