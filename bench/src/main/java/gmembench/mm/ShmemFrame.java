// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;

/**
 * A 2M frame of a shmem file, as Linux 6.18 has it: in folios of which orders its pages are, and
 * what of them is mapped; which there are is in the {@link Ledger}.
 *
 * <ul>
 *   <li>A touch where the frame is empty makes one folio of it (SHMEM_HUGE_ADVISE), else a 4K page.
 *   <li>A punch of a part of a folio splits it at both ends of the part, down to a 4K page there
 *       and no further (truncate_inode_partial_folio, folio_split), so that folios of all orders
 *       are left. A split by MADV_COLD leaves 4K pages only. What is split is not mapped any more.
 *   <li>The folio of the frame is mapped by one entry as long as there is no page table; else a
 *       fault maps all of its folio, if none of it is mapped (finish_fault). An entry of 2M goes as
 *       a whole.
 *   <li>A folio that is zapped is referenced, and goes to the active list the second time
 *       (folio_mark_accessed); parts of it are what it was. If an entry of 2M is split, its folio
 *       is referenced and no more (__split_huge_pmd_locked).
 *   <li>A page table goes with MADV_DONTNEED of the frame, and with a collapse.
 * </ul>
 */
final class ShmemFrame {
  private static final int PAGES = (int) Guest.FRAME_PAGES;
  static final int ORDER = 9;

  /** The first page. */
  private final long gfn;

  private final Effects effects;
  private final Ledger ledger;
  private final PageBits mapped = new PageBits();

  /** For the folios that pages are in: zapped once since they became resident, and twice. */
  private final PageBits referenced = new PageBits();

  private final PageBits active = new PageBits();

  /** A tree of buddies: bit 1 is the frame, 2n and 2n + 1 are the halves of n; what is in two. */
  private final PageBits cut = new PageBits();

  /** Is all mapped by one entry? */
  private boolean mappedHuge;

  private boolean hasTable;

  /** When all of it was written, if it is one folio. */
  private long filledAt;

  ShmemFrame(long gfn, Effects effects) {
    this.gfn = gfn;
    this.effects = effects;
    this.ledger = effects.ledger();
  }

  void act(Verb verb, int from, int to, Side side) {
    switch (verb) {
      case TOUCH, PIN -> {
        populate(from, to, true, side);
        map(from, to);
      }
      case ALLOCATE -> populate(from, to, false, side);
      case UNMAP -> unmap(from, to);
      case DISCARD -> punch(from, to, side);
      case SPLIT, SHATTER -> shatter(side);
      case MERGE -> merge(side);
      default -> {}
    }
  }

  /** Is it one folio, or will it be? */
  boolean isWhole() {
    return order(0) == ORDER;
  }

  boolean isMapped(int page) {
    return mapped.get(page);
  }

  private int next(int from, int to, Side side) {
    return (int) (ledger.next(gfn + from, gfn + to, side) - gfn);
  }

  private int nextAbsent(int from, int to, Side side) {
    return (int) (ledger.nextAbsent(gfn + from, gfn + to, side) - gfn);
  }

  private boolean isResident(int page, Side side) {
    return ledger.isResident(gfn + page, side);
  }

  private boolean isEmpty(Side side) {
    return ledger.isEmpty(gfn, PAGES, side);
  }

  private void populate(int from, int to, boolean mayBeHuge, Side side) {
    int missing = nextAbsent(from, to, side);
    if (missing < to && mayBeHuge && isEmpty(side)) {
      arrive(0, PAGES, side);
      effects.addFolios(1);
      filledAt = effects.takeHuge(PAGES);
      return;
    }
    for (int page = missing; page < to; page = nextAbsent(page, to, side)) {
      cutTo(page, ORDER);
      arrive(page, page + 1, side);
      effects.addFolios(1);
    }
  }

  /** Pages that are not there come. */
  private void arrive(int from, int to, Side side) {
    effects.addFaults(effects.enter(Verb.TOUCH, gfn + from, to - from, side));
    referenced.clear(from, to);
    active.clear(from, to);
  }

  private void map(int from, int to) {
    int page = mapped.nextClear(from, to);
    if (page < to && !hasTable && order(page) == ORDER) {
      mappedHuge = true;
      mapped.set(0, PAGES);
      effects.addHugeMaps(1);
      return;
    }
    for (; page < to; page = mapped.nextClear(page, to)) {
      hasTable = true;
      int order = order(page);
      int start = page >> order << order;
      boolean whole = mapped.next(start, start + (1 << order)) == start + (1 << order);
      mapped.set(whole ? start : page, whole ? start + (1 << order) : page + 1);
      effects.addMaps(1);
    }
  }

  /** Entries of one folio go at once. */
  private void zap(int from, int to) {
    int page = mapped.next(from, to);
    if (mappedHuge && page < to) {
      mappedHuge = false;
      mapped.setAll(false);
      effects.addHugeMaps(1);
      if (from == 0 && to == PAGES) {
        markAccessed(page);
      } else {
        referenced.set(0, PAGES); // the entry is split, not zapped
      }
      return;
    }
    for (; page < to; page = mapped.next(page, to)) {
      int end = Math.min(to, end(page));
      markAccessed(page);
      mapped.clear(page, end);
      effects.addMaps(1);
      page = end;
    }
  }

  private void markAccessed(int page) {
    if (!referenced.get(page)) {
      referenced.set(start(page), end(page));
    } else if (!active.get(page)) {
      active.set(start(page), end(page));
      effects.addActivation();
    }
  }

  private void unmap(int from, int to) {
    zap(from, to);
    hasTable &= from > 0 || to < PAGES;
  }

  private void punch(int from, int to, Side side) {
    zap(from, to);
    drop(from, to, side);
    boolean same = isResident(from, side) && end(from) >= to;
    splitRound(from, from, to, side);
    if (!same) {
      splitRound(to - 1, from, to, side);
    }
    drop(from, to, side);
    if (isEmpty(side)) {
      cut.setAll(false); // it begins anew as one folio
    }
  }

  /** Frees the folios that lie wholly in a range. */
  private void drop(int from, int to, Side side) {
    for (int page = next(from, to, side); page < to; page = next(page, to, side)) {
      int end = end(page);
      int start = start(page);
      if (start >= from && end <= to) {
        if (end - start == PAGES) {
          effects.freeHuge(filledAt);
        }
        effects.addFaults(effects.enter(Verb.DISCARD, gfn + start, end - start, side));
        effects.addFolios(1);
      }
      page = end;
    }
  }

  /** The folio at a page reaches out of the range: what is in it is zeroed and split off. */
  private void splitRound(int page, int from, int to, Side side) {
    if (!isResident(page, side) || order(page) == 0) {
      return;
    }
    int first = Math.max(from, start(page));
    int last = Math.min(to, end(page));
    boolean goesOn = last < end(page);
    effects.addZeroed(last - first);
    splitAt(first);
    if (goesOn && order(last) > 0) {
      splitAt(last);
    }
  }

  private void splitAt(int page) {
    int order = order(page);
    int entries = mapped.count(start(page), end(page));
    mapped.clear(start(page), end(page));
    cutTo(page, order);
    effects.addSplit(order, entries);
  }

  private void cutTo(int page, int order) {
    for (int o = order; o > 0; o--) {
      int node = node(page, o);
      cut.set(node, node + 1);
    }
  }

  /** A split of one that is split already is not tried; one that is not there comes first. */
  private void shatter(Side side) {
    populate(0, 1, true, side);
    if (!isWhole()) {
      return;
    }
    effects.addHugeMaps(mappedHuge ? 1 : 0);
    effects.addMaps(mappedHuge ? 0 : mapped.count(0, PAGES));
    effects.addFolios(PAGES);
    if (!hasTable) {
      referenced.set(0, PAGES); // MADV_COLD splits an entry, which is made first if it is not there
    }
    mappedHuge = false;
    mapped.setAll(false);
    cut.set(1, PAGES);
  }

  private void merge(Side side) {
    if (mappedHuge) {
      return;
    }
    effects.addMaps(mapped.count(0, PAGES));
    for (int page = next(0, PAGES, side); page < PAGES; page = next(end(page), PAGES, side)) {
      effects.addFolios(1);
    }
    if (!isWhole()) {
      filledAt = effects.takeHuge(PAGES);
    }
    effects.addFaults(ledger.fill(gfn, PAGES, side));
    cut.setAll(false);
    referenced.setAll(false);
    active.setAll(false);
    mapped.set(0, PAGES);
    mappedHuge = true;
    hasTable = false;
  }

  private static int node(int page, int order) {
    return (1 << (ORDER - order)) + (page >> order);
  }

  /** The order of the folio at a page. */
  private int order(int page) {
    int order = ORDER;
    while (order > 0 && cut.get(node(page, order))) {
      order--;
    }
    return order;
  }

  private int start(int page) {
    int order = order(page);
    return page >> order << order;
  }

  private int end(int page) {
    return start(page) + (1 << order(page));
  }
}
