// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.Units;
import gmembench.backing.Backing;
import gmembench.backing.Granularity;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.PageSet;
import gmembench.guest.PerSide;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.result.Declared;
import gmembench.result.Metric;
import gmembench.result.Metrics;

/**
 * Which pages are resident on which side, and how many on both: counted from the verbs, exactly. In
 * place, a page is resident on the side that touched it last; what came with it in a folio, on the
 * side that made it come.
 */
public final class Ledger {
  private final boolean inPlace;
  private final PerSide<Granularity> granularities;
  private final long folioPages;
  private final Residency pages;
  private long privatePeak;
  private long sharedPeak;
  private long bothPeak;
  private long allocatedPeak;

  /** Pages that were punched while references to them were held. */
  private long orphans;

  private long orphanPeak;
  private long stale;

  /** The ledger of a memory whose pages come and go one by one. */
  public Ledger(long guestPages, boolean inPlace) {
    this(guestPages, inPlace, PerSide.both(Granularity.PAGES), 0);
  }

  /**
   * @param folioOrder of the folios in which pages come, or go
   */
  public Ledger(
      long guestPages, boolean inPlace, PerSide<Granularity> granularities, int folioOrder) {
    this.inPlace = inPlace;
    this.granularities = granularities;
    this.folioPages = 1L << folioOrder;
    long most = (guestPages + folioPages - 1) & -folioPages; // a folio may stick out
    this.pages = new Residency(most, inPlace);
  }

  /**
   * Enters a verb, and returns how many of its pages changed residency (were faulted in, freed).
   */
  public long apply(Verb verb, long gfn, long count, Side side) {
    Granularity granularity = granularities.of(side);
    if (granularity != Granularity.PAGES) {
      return applyInFolios(verb, gfn, count, side, granularity == Granularity.FOLIOS);
    }
    if (verb == Verb.TOUCH || verb == Verb.ALLOCATE) {
      return populate(gfn, count, side);
    }
    return verb == Verb.DISCARD ? pages.remove(gfn, count, side) : 0;
  }

  private long applyInFolios(Verb verb, long gfn, long count, Side side, boolean whole) {
    return switch (verb) {
      case TOUCH -> {
        long fresh = fill(gfn, whole ? count : 1, side, true);
        fresh += whole ? 0 : fill(gfn + count - 1, 1, side, true);
        yield fresh + populate(gfn, count, side);
      }
      case ALLOCATE -> whole ? fill(gfn, count, side, true) : populate(gfn, count, side);
      case MERGE -> fill(gfn, count, side, false);
      case DISCARD -> {
        long from = whole ? (gfn + folioPages - 1) & -folioPages : gfn;
        long end = whole ? (gfn + count) & -folioPages : gfn + count;
        yield from < end ? pages.remove(from, end - from, side) : 0;
      }
      default -> 0;
    };
  }

  /** The folios that a range is in come as a whole: those that are empty, or what they lack. */
  private long fill(long gfn, long count, Side side, boolean onlyEmpty) {
    long fresh = 0;
    for (long at = gfn & -folioPages; at < gfn + count; at += folioPages) {
      fresh += onlyEmpty && !isEmpty(at, folioPages, side) ? 0 : fill(at, folioPages, side);
    }
    return fresh;
  }

  /** What a range lacks comes, on a side; what is there stays where it is. Returns how much. */
  long fill(long gfn, long count, Side side) {
    long fresh = 0;
    long end = gfn + count;
    for (long at = nextAbsent(gfn, end, side); at < end; at = nextAbsent(at, end, side)) {
      fresh += populate(at, next(at, end, side) - at, side);
    }
    return fresh;
  }

  /** Is nothing of aligned groups of 64 pages in a side's file? */
  boolean isEmpty(long gfn, long count, Side side) {
    return pages.emptyGroups(gfn, count, side) == count / 64;
  }

  private long populate(long gfn, long count, Side side) {
    long before = pages.size(side);
    long fresh = pages.add(gfn, count, side);
    if (pages.size(side) > before) {
      notePeaks(side);
    }
    return fresh;
  }

  private void notePeaks(Side side) {
    if (side == Side.PRIVATE) {
      privatePeak = Math.max(privatePeak, pages.size(side));
    } else {
      sharedPeak = Math.max(sharedPeak, pages.size(side));
    }
    bothPeak = Math.max(bothPeak, pages.both());
    noteAllocated();
  }

  private void noteAllocated() {
    long allocated = pages.size(Side.PRIVATE) + pages.size(Side.SHARED) + orphans;
    allocatedPeak = Math.max(allocatedPeak, allocated);
  }

  /**
   * Pages that are in no file any more stay allocated, since there are so many references to them.
   */
  void orphan(long count, long references) {
    orphans += count;
    orphanPeak = Math.max(orphanPeak, orphans);
    stale += references;
  }

  /** The last reference to some of these is dropped. */
  void freeOrphan(long count) {
    orphans -= count;
  }

  /** Groups of 64 pages that a range touches and of which a side's file holds none. */
  long emptyGroups(long gfn, long count, Side side) {
    return pages.emptyGroups(gfn, count, side);
  }

  /** Is a page in a side's file? */
  boolean isResident(long gfn, Side side) {
    return pages.contains(gfn, side);
  }

  /** Are all pages of a range in a side's file? */
  boolean isAllResident(long gfn, long count, Side side) {
    return nextAbsent(gfn, gfn + count, side) == gfn + count;
  }

  /** The first page from here on that is in a side's file, or the end. */
  public long next(long gfn, long end, Side side) {
    return pages.next(gfn, end, side, true);
  }

  /** The first that is not. */
  public long nextAbsent(long gfn, long end, Side side) {
    return pages.next(gfn, end, side, false);
  }

  /** The pages of a side that are resident. */
  public PageSet resident(Side side) {
    return pages.copy(side);
  }

  public long residentBytes(Side side) {
    return pages.size(side) * Units.PAGE_BYTES;
  }

  /** The pages of a side's file: in place, those of both sides. */
  public long fileBytes(Side side) {
    return pages.fileSize(side) * Units.PAGE_BYTES;
  }

  public long doubleAllocatedBytes() {
    return pages.both() * Units.PAGE_BYTES;
  }

  public void report(Metrics metrics) {
    put(metrics, Declared.PRIVATE_PEAK_BYTES, privatePeak);
    put(metrics, Declared.SHARED_PEAK_BYTES, sharedPeak);
    put(metrics, Declared.DOUBLE_ALLOCATED_PEAK_BYTES, bothPeak);
    put(metrics, Declared.PRIVATE_END_BYTES, pages.size(Side.PRIVATE));
    put(metrics, Declared.SHARED_END_BYTES, pages.size(Side.SHARED));
    put(metrics, Declared.DOUBLE_ALLOCATED_END_BYTES, pages.both());
    put(metrics, Declared.ALLOCATED_PEAK_BYTES, allocatedPeak);
    if (stale > 0) {
      put(metrics, Declared.ORPHAN_PEAK_BYTES, orphanPeak);
      put(metrics, Declared.ORPHAN_END_BYTES, orphans);
      metrics.put(Declared.STALE_PIN_PAGES, stale);
    }
  }

  /** What came in huge pages with those that a guest's slots show; nothing if they show all. */
  public void reportOutside(Guest guest, Backing backing, Metrics metrics) {
    if (backing.folioOrder() == 0 || guest.memoryBytes() == guest.fileBytes()) {
      return;
    }
    long inSlots = 0;
    for (Slot slot : guest.slots()) {
      for (Side side : Side.values()) {
        inSlots += side == Side.PRIVATE || !inPlace ? resident(slot, side) : 0;
      }
    }
    long all =
        inPlace ? pages.fileSize(Side.PRIVATE) : pages.size(Side.PRIVATE) + pages.size(Side.SHARED);
    put(metrics, Declared.OUTSIDE_END_BYTES, all - inSlots);
  }

  private long resident(Slot slot, Side side) {
    long count = 0;
    long end = slot.endOffsetPages();
    for (long at = next(slot.offsetPages(), end, side), to; at < end; at = next(to, end, side)) {
      to = nextAbsent(at, end, side);
      count += to - at;
    }
    return count;
  }

  private static void put(Metrics metrics, Metric metric, long pages) {
    metrics.put(metric, pages * Units.PAGE_BYTES);
  }
}
