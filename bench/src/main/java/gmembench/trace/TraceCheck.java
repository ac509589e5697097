// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import module java.base;

import gmembench.guest.Guest;
import gmembench.guest.PageSet;

/** What is odd in a trace though its format is right: counts by what it is. */
public final class TraceCheck {
  private final PageSet shared;
  private final PageSet pinned;
  private long convertedTwice;
  private long touchedOnOtherSide;
  private long convertedWhilePinned;
  private long unpinnedUnpinned;

  private TraceCheck(Guest guest) {
    shared = new PageSet(guest.pages());
    pinned = new PageSet(guest.pages());
  }

  /** Counts of events, in the order in which they are said; zero if there are none. */
  public static Map<String, Long> of(Trace trace, Guest guest) {
    TraceCheck check = new TraceCheck(guest);
    trace.forEach((atNs, vcpu, op, gfn, pages) -> check.event(op, gfn, pages));
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("conversions of pages that are on that side already", check.convertedTwice);
    counts.put("touches of a side that a page is not on", check.touchedOnOtherSide);
    counts.put("conversions of pages that are pinned", check.convertedWhilePinned);
    counts.put("unpins of pages that are not pinned", check.unpinnedUnpinned);
    counts.put("pages shared at the end", check.shared.size());
    counts.put("pages pinned at the end", check.pinned.size());
    return counts;
  }

  private void event(Op op, long gfn, long pages) {
    switch (op) {
      case TO_SHARED, HOST_TO_SHARED -> {
        convertedTwice += shared.add(gfn, pages) < pages ? 1 : 0;
        convertedWhilePinned += pinned.next(gfn, gfn + pages) < gfn + pages ? 1 : 0;
      }
      case TO_PRIVATE, HOST_TO_PRIVATE -> {
        convertedTwice += shared.remove(gfn, pages) < pages ? 1 : 0;
        convertedWhilePinned += pinned.next(gfn, gfn + pages) < gfn + pages ? 1 : 0;
      }
      case TOUCH_SHARED, HOST_TOUCH_SHARED ->
          touchedOnOtherSide += shared.nextAbsent(gfn, gfn + pages) < gfn + pages ? 1 : 0;
      case TOUCH_PRIVATE, HOST_TOUCH_PRIVATE, COPY, POPULATE, START ->
          touchedOnOtherSide += shared.next(gfn, gfn + pages) < gfn + pages ? 1 : 0;
      case PIN -> pinned.add(gfn, pages);
      case ALLOCATE -> {} // also of what is shared: then it is there twice
      case UNPIN -> unpinnedUnpinned += pinned.remove(gfn, pages) < pages ? 1 : 0;
    }
  }
}
