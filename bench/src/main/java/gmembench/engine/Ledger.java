// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.Units;
import gmembench.backing.Verb;
import gmembench.workload.Side;
import java.util.Map;

/**
 * Which pages are resident on which side, and how many on both: counted from the verbs, exactly. In
 * place, a page is resident on the side that touched it last.
 */
final class Ledger {
  private final boolean inPlace;
  private final Residency pages;
  private long privatePeak;
  private long sharedPeak;
  private long bothPeak;

  Ledger(long guestPages, boolean inPlace) {
    this.inPlace = inPlace;
    this.pages = new Residency(guestPages);
  }

  /**
   * Enters a verb, and returns how many of its pages changed residency (were faulted in, freed).
   */
  long apply(Verb verb, long gfn, long count, Side side) {
    return switch (verb) {
      case TOUCH, ALLOCATE -> populate(gfn, count, side);
      case DISCARD -> pages.remove(gfn, count, side);
      default -> 0;
    };
  }

  private long populate(long gfn, long count, Side side) {
    long moved = inPlace ? pages.remove(gfn, count, side.other()) : 0;
    long fresh = pages.add(gfn, count, side);
    if (fresh > 0) {
      privatePeak = Math.max(privatePeak, pages.size(Side.PRIVATE));
      sharedPeak = Math.max(sharedPeak, pages.size(Side.SHARED));
      bothPeak = Math.max(bothPeak, pages.both());
    }
    return fresh - moved;
  }

  /** Groups of 64 pages that a range touches and of which a side's file holds none. */
  long emptyGroups(long gfn, long count, Side side) {
    return pages.emptyGroups(gfn, count, side, inPlace);
  }

  /** Is a page resident; in place, on whatever side? */
  boolean isResident(long gfn, Side side) {
    return pages.contains(gfn, side) || (inPlace && pages.contains(gfn, side.other()));
  }

  long residentBytes(Side side) {
    return pages.size(side) * Units.PAGE_BYTES;
  }

  long doubleAllocatedBytes() {
    return pages.both() * Units.PAGE_BYTES;
  }

  void report(Map<String, String> metrics) {
    put(metrics, "private_peak_bytes", privatePeak);
    put(metrics, "shared_peak_bytes", sharedPeak);
    put(metrics, "double_allocated_peak_bytes", bothPeak);
    put(metrics, "private_end_bytes", pages.size(Side.PRIVATE));
    put(metrics, "shared_end_bytes", pages.size(Side.SHARED));
    put(metrics, "double_allocated_end_bytes", pages.both());
  }

  private static void put(Map<String, String> metrics, String name, long pages) {
    metrics.put(name, Long.toString(pages * Units.PAGE_BYTES));
  }
}
