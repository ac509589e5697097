// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.backing.Verb;
import gmembench.guest.Guest;

/**
 * A 2M frame of a shmem file, as Linux 6.18 has it: which pages there are, in folios of which
 * orders, and what of them is mapped.
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
  private static final int ORDER = 9;

  private final PageBits resident = new PageBits();
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

  void count(Verb verb, int from, int to, Effects effects) {
    switch (verb) {
      case TOUCH, PIN -> {
        populate(from, to, true, effects);
        map(from, to, effects);
      }
      case ALLOCATE -> populate(from, to, false, effects);
      case UNMAP -> unmap(from, to, effects);
      case DISCARD -> discard(from, to, effects);
      case SPLIT, SHATTER -> shatter(effects);
      case MERGE -> merge(effects);
      default -> {}
    }
  }

  boolean isEmpty() {
    return resident.next(0, PAGES) == PAGES;
  }

  private void populate(int from, int to, boolean mayBeHuge, Effects effects) {
    boolean isEmpty = isEmpty();
    if (isEmpty) {
      cut.clear();
    }
    if (isEmpty && mayBeHuge) {
      arrive(0, PAGES);
      effects.addFaults(PAGES);
      effects.addFolios(1);
      filledAt = effects.takeHuge(PAGES);
      return;
    }
    int missing = to - from - resident.count(from, to);
    if (missing > 0) {
      for (int page = resident.nextClear(from, to);
          page < to;
          page = resident.nextClear(page + 1, to)) {
        cutTo(page, ORDER);
        arrive(page, page + 1);
      }
      effects.addFaults(missing);
      effects.addFolios(missing);
    }
  }

  private void arrive(int from, int to) {
    resident.set(from, to);
    referenced.clear(from, to);
    active.clear(from, to);
  }

  private void map(int from, int to, Effects effects) {
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
  private void zap(int from, int to, Effects effects) {
    int page = mapped.next(from, to);
    if (mappedHuge && page < to) {
      mappedHuge = false;
      mapped.clear();
      effects.addHugeMaps(1);
      if (from == 0 && to == PAGES) {
        markAccessed(page, effects);
      } else {
        referenced.set(0, PAGES); // the entry is split, not zapped
      }
      return;
    }
    for (; page < to; page = mapped.next(page, to)) {
      int end = Math.min(to, end(page));
      markAccessed(page, effects);
      mapped.clear(page, end);
      effects.addMaps(1);
      page = end;
    }
  }

  private void markAccessed(int page, Effects effects) {
    if (!referenced.get(page)) {
      referenced.set(start(page), end(page));
    } else if (!active.get(page)) {
      active.set(start(page), end(page));
      effects.addActivation();
    }
  }

  private void unmap(int from, int to, Effects effects) {
    zap(from, to, effects);
    hasTable &= from > 0 || to < PAGES;
  }

  private void discard(int from, int to, Effects effects) {
    zap(from, to, effects);
    drop(from, to, effects);
    boolean same = resident.get(from) && end(from) >= to;
    splitRound(from, from, to, effects);
    if (!same) {
      splitRound(to - 1, from, to, effects);
    }
    drop(from, to, effects);
  }

  /** Frees the folios that lie wholly in a range. */
  private void drop(int from, int to, Effects effects) {
    for (int page = resident.next(from, to); page < to; page = resident.next(page, to)) {
      int end = end(page);
      int start = start(page);
      if (start >= from && end <= to) {
        if (end - start == PAGES) {
          effects.freeHuge(filledAt);
        }
        resident.clear(start, end);
        effects.addFaults(end - start);
        effects.addFolios(1);
      }
      page = end;
    }
  }

  /** The folio at a page reaches out of the range: what is in it is zeroed and split off. */
  private void splitRound(int page, int from, int to, Effects effects) {
    if (!resident.get(page) || order(page) == 0) {
      return;
    }
    int first = Math.max(from, start(page));
    int last = Math.min(to, end(page));
    boolean goesOn = last < end(page);
    effects.addZeroed(last - first);
    splitAt(first, effects);
    if (goesOn && order(last) > 0) {
      splitAt(last, effects);
    }
  }

  private void splitAt(int page, Effects effects) {
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
  private void shatter(Effects effects) {
    populate(0, 1, true, effects);
    if (order(0) < ORDER) {
      return;
    }
    effects.addHugeMaps(mappedHuge ? 1 : 0);
    effects.addMaps(mappedHuge ? 0 : mapped.count(0, PAGES));
    effects.addFolios(PAGES);
    if (!hasTable) {
      referenced.set(0, PAGES); // MADV_COLD splits an entry, which is made first if it is not there
    }
    mappedHuge = false;
    mapped.clear();
    cut.set(1, PAGES);
  }

  private void merge(Effects effects) {
    if (mappedHuge) {
      return;
    }
    effects.addFaults(PAGES - resident.count(0, PAGES));
    effects.addMaps(mapped.count(0, PAGES));
    int folios = 0;
    for (int page = resident.next(0, PAGES); page < PAGES; page = resident.next(end(page), PAGES)) {
      folios++;
    }
    effects.addFolios(folios);
    if (order(0) < ORDER) {
      filledAt = effects.takeHuge(PAGES);
    }
    cut.clear();
    arrive(0, PAGES);
    mapped.set(0, PAGES);
    mappedHuge = true;
    hasTable = false;
  }

  private static int node(int page, int order) {
    return (1 << (ORDER - order)) + (page >> order);
  }

  /** The order of the folio at a page. */
  int order(int page) {
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
