// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.Units;
import gmembench.backing.Residency;
import gmembench.backing.Verb;
import gmembench.workload.PageSet;
import gmembench.workload.Side;
import java.util.Map;

/**
 * Which pages are resident on which side, and how many on both: counted from the verbs, exactly. In
 * place, a page is resident on the side that touched it last; what came with it in a folio, on the
 * side that made it come.
 */
final class Ledger {
  private final boolean inPlace;
  private final Residency residency;
  private final long folioPages;
  private final PageSet privatePages;
  private final PageSet sharedPages;
  private long both;
  private long privatePeak;
  private long sharedPeak;
  private long bothPeak;

  /** Of a memory whose pages come and go one by one. */
  Ledger(long guestPages, boolean inPlace) {
    this(guestPages, inPlace, Residency.PAGES, 0);
  }

  /**
   * @param folioOrder of the folios in which they come, or go
   */
  Ledger(long guestPages, boolean inPlace, Residency residency, int folioOrder) {
    this.inPlace = inPlace;
    this.residency = residency;
    this.folioPages = 1L << folioOrder;
    long pages = (guestPages + folioPages - 1) & -folioPages; // the last folio may stick out
    this.privatePages = new PageSet(pages);
    this.sharedPages = new PageSet(pages);
  }

  /**
   * Enters a verb, and returns how many of its pages changed residency (were faulted in, freed).
   */
  long apply(Verb verb, long gfn, long pages, Side side) {
    return switch (verb) {
      case TOUCH -> touch(gfn, pages, side);
      case ALLOCATE ->
          residency == Residency.FOLIOS
              ? populateFolios(gfn, pages, side)
              : populate(gfn, pages, side);
      case DISCARD -> discard(gfn, pages, side);
      case MERGE -> residency == Residency.PAGES ? 0 : populateFolios(gfn, pages, side);
      default -> 0;
    };
  }

  private long touch(long gfn, long pages, Side side) {
    return switch (residency) {
      case PAGES -> populate(gfn, pages, side);
      case FOLIOS -> populateFolios(gfn, pages, side) + populate(gfn, pages, side);
      case FOLIOS_THEN_PAGES -> {
        long last = gfn + pages - 1;
        long fresh = isEmpty(gfn, side) ? populateFolios(gfn, 1, side) : 0;
        fresh += isEmpty(last, side) ? populateFolios(last, 1, side) : 0;
        yield fresh + populate(gfn, pages, side);
      }
    };
  }

  /** Is nothing resident of the folio that a page is in? */
  private boolean isEmpty(long gfn, Side side) {
    long from = gfn & -folioPages;
    long end = from + folioPages;
    return pages(side).next(from, end) == end
        && (!inPlace || pages(side.other()).next(from, end) == end);
  }

  /** The folios that a range is in come as a whole, where they are not there yet. */
  private long populateFolios(long gfn, long pages, Side side) {
    long from = gfn & -folioPages;
    long end = (gfn + pages + folioPages - 1) & -folioPages;
    if (!inPlace) {
      return populate(from, end - from, side);
    }
    long fresh = 0;
    PageSet other = pages(side.other());
    for (long at = other.nextAbsent(from, end); at < end; at = other.nextAbsent(at, end)) {
      long next = other.next(at, end);
      fresh += populate(at, next - at, side);
      at = next;
    }
    return fresh;
  }

  private long populate(long gfn, long pages, Side side) {
    long moved = inPlace ? pages(side.other()).remove(gfn, pages) : 0;
    long bothBefore = both(gfn, pages);
    long fresh = pages(side).add(gfn, pages);
    if (fresh > 0) {
      both += both(gfn, pages) - bothBefore;
      privatePeak = Math.max(privatePeak, privatePages.size());
      sharedPeak = Math.max(sharedPeak, sharedPages.size());
      bothPeak = Math.max(bothPeak, both);
    }
    return fresh - moved;
  }

  /** In place there is one file, so a hole in it is a hole for both sides. */
  private long discard(long gfn, long pages, Side side) {
    long from = gfn;
    long end = gfn + pages;
    if (residency == Residency.FOLIOS) {
      from = (gfn + folioPages - 1) & -folioPages;
      end &= -folioPages;
      if (from >= end) {
        return 0;
      }
    }
    long bothBefore = both(from, end - from);
    long gone = pages(side).remove(from, end - from);
    if (inPlace) {
      gone += pages(side.other()).remove(from, end - from);
    }
    if (gone > 0) {
      both += both(from, end - from) - bothBefore;
    }
    return gone;
  }

  /** Groups of 64 pages that a range touches and of which a side's file holds none. */
  long emptyGroups(long gfn, long pages, Side side) {
    return pages(side).emptyGroups(pages(inPlace ? side.other() : side), gfn, pages);
  }

  private long both(long gfn, long pages) {
    return privatePages.countBoth(sharedPages, gfn, pages);
  }

  private PageSet pages(Side side) {
    return side == Side.PRIVATE ? privatePages : sharedPages;
  }

  long residentBytes(Side side) {
    return pages(side).size() * Units.PAGE_BYTES;
  }

  long doubleAllocatedBytes() {
    return both * Units.PAGE_BYTES;
  }

  void report(Map<String, String> metrics) {
    put(metrics, "private_peak_bytes", privatePeak);
    put(metrics, "shared_peak_bytes", sharedPeak);
    put(metrics, "double_allocated_peak_bytes", bothPeak);
    put(metrics, "private_end_bytes", privatePages.size());
    put(metrics, "shared_end_bytes", sharedPages.size());
    put(metrics, "double_allocated_end_bytes", both);
  }

  private static void put(Map<String, String> metrics, String name, long pages) {
    metrics.put(name, Long.toString(pages * Units.PAGE_BYTES));
  }
}
