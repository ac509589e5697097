// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.Units;
import gmembench.backing.Verb;
import gmembench.workload.PageSet;
import gmembench.workload.Side;
import java.util.Map;

/**
 * Which pages are resident on which side, and how many on both: counted from the verbs, exactly. In
 * place, a page is resident on the side that touched it last.
 */
final class Ledger {
  private final boolean inPlace;
  private final PageSet privatePages;
  private final PageSet sharedPages;
  private long both;
  private long privatePeak;
  private long sharedPeak;
  private long bothPeak;

  Ledger(long guestPages, boolean inPlace) {
    this.inPlace = inPlace;
    this.privatePages = new PageSet(guestPages);
    this.sharedPages = new PageSet(guestPages);
  }

  /**
   * Enters a verb, and returns how many of its pages changed residency (were faulted in, freed).
   */
  long apply(Verb verb, long gfn, long pages, Side side) {
    return switch (verb) {
      case TOUCH, ALLOCATE -> populate(gfn, pages, side);
      case DISCARD -> discard(gfn, pages, side);
      default -> 0;
    };
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

  private long discard(long gfn, long pages, Side side) {
    long bothBefore = both(gfn, pages);
    long gone = pages(side).remove(gfn, pages);
    if (gone > 0) {
      both += both(gfn, pages) - bothBefore;
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
