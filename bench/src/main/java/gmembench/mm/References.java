// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import module java.base;

import gmembench.tracker.PageMap;

/**
 * References to the pages of one file, and to pages that were punched while they were held: no file
 * has such an orphan any more, but its memory is there until the last reference is dropped
 * (folio_put), and the device that holds one goes on using it. A page's references are dropped
 * oldest first.
 */
public final class References {
  /** An orphan. */
  private static final class Folio {
    private final long pages;
    private int held;

    Folio(long pages) {
      this.pages = pages;
    }
  }

  private final Ledger ledger;
  private final FolioPins pins;

  /** By page: the orphan of each reference, oldest first. Few are held at once. */
  private final Map<Long, ArrayDeque<Folio>> orphans = new HashMap<>();

  public References(long pages, Ledger ledger) {
    this.ledger = ledger;
    this.pins = new FolioPins(pages);
  }

  /** A reference more to each page of a range. */
  public void add(long gfn, long count) {
    pins.add(gfn, count);
  }

  /** One less; what is not there is not dropped. */
  public void drop(long gfn, long count) {
    for (long page = gfn; page < gfn + count; page++) {
      if (!dropOfOrphan(page)) {
        pins.drop(page, 1);
      }
    }
  }

  private boolean dropOfOrphan(long page) {
    ArrayDeque<Folio> folios = orphans.get(page);
    if (folios == null) {
      return false;
    }
    Folio folio = folios.remove();
    if (folios.isEmpty()) {
      orphans.remove(page);
    }
    folio.held--;
    if (folio.held == 0) {
      ledger.freeOrphan(folio.pages);
    }
    return true;
  }

  /** References to pages of the file in the folio of an order that a page is in. */
  int of(long gfn, int order) {
    return pins.of(gfn, order);
  }

  /**
   * A range is about to be punched: folios that lie wholly in it leave the file.
   *
   * @param order of the folio at a page
   */
  public void punch(long gfn, long count, LongUnaryOperator order) {
    long end = gfn + count;
    for (long at = gfn; !pins.isEmpty() && at < end; ) {
      int size = (int) order.applyAsLong(at);
      long start = at >>> size << size;
      long next = start + (1L << size);
      if (size == 0 && pins.of(at, PageMap.ORDER_2M) == 0) {
        next = ModelFile.frameEnd(at, end);
      } else if (start >= gfn && next <= end && pins.of(start, size) > 0) {
        orphan(start, next);
      }
      at = next;
    }
  }

  private void orphan(long gfn, long end) {
    Folio folio = new Folio(end - gfn);
    for (long page = gfn; page < end; page++) {
      int count = pins.take(page);
      for (int i = 0; i < count; i++) {
        orphans.computeIfAbsent(page, p -> new ArrayDeque<>()).add(folio);
      }
      folio.held += count;
    }
    ledger.orphan(folio.pages, folio.held);
  }
}
