// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.result.Declared;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;
import org.jspecify.annotations.Nullable;

/**
 * The folios of one file of the model: which order each has, who maps it in the host and who pins
 * it. As in the kernel, a folio that is pinned can be neither split nor merged (EAGAIN:
 * folio_ref_count differs from what page cache and mappings explain), a split keeps the mappings, a
 * merge drops them, and to pin a page is to map it first.
 *
 * <p>While it is locked (filemap_invalidate_lock, as long as a conversion lasts) new faults wait:
 * here they are refused, and so is a pin that needs one. A pin of what is mapped is not (fast GUP
 * takes no lock).
 *
 * <p>Struct pages: with the hugetlb vmemmap optimisation a folio needs one page of them. Shattering
 * loses 28 KiB for 2M and 16 MiB less 4 KiB for 1G, until the folio is merged.
 */
public final class FolioTable {
  private static final int FRAME_SHIFT = PageMap.ORDER_2M;
  private static final int GIB_SHIFT = PageMap.ORDER_1G;
  private static final long FRAME_PAGES = 1L << FRAME_SHIFT;
  private static final long GIB_PAGES = 1L << GIB_SHIFT;
  private static final int FRAME_MASK = GibFolios.FRAMES - 1;
  private static final long SAVED_2M = (32 - 4) << 10;
  private static final long SAVED_1G = (16 << 20) - (4 << 10);

  private final long pages;
  private final int order;
  private final boolean optimised;

  /** Made when first needed; what is missing is as at first. */
  private final @Nullable GibFolios[] gibs;

  private boolean locked;
  private long splits;
  private long merges;
  private long refused;
  private long lostBytes;
  private long lostPeakBytes;

  /**
   * All folios are of one order at first, but where the guest ends in one.
   *
   * @param optimised most of a folio's struct pages are given back
   */
  FolioTable(long pages, int order, boolean optimised) {
    this.pages = pages;
    this.order = order;
    this.optimised = optimised;
    this.gibs = new GibFolios[Math.toIntExact(((pages - 1) >>> GIB_SHIFT) + 1)];
  }

  private GibFolios gib(long gfn) {
    int i = (int) (gfn >>> GIB_SHIFT);
    GibFolios gib = gibs[i];
    if (gib == null) {
      gib = fresh(i);
      gibs[i] = gib;
    }
    return gib;
  }

  private GibFolios fresh(int index) {
    long start = (long) index << GIB_SHIFT;
    boolean full = start + (1L << GIB_SHIFT) <= pages;
    GibFolios gib = new GibFolios(full ? order : Math.min(order, FRAME_SHIFT));
    if (!full && (pages & ((1 << FRAME_SHIFT) - 1)) != 0) {
      gib.setHuge(frame(pages), false);
    }
    return gib;
  }

  private static int frame(long gfn) {
    return (int) (gfn >>> FRAME_SHIFT) & FRAME_MASK;
  }

  private static int page(long gfn) {
    return (int) gfn & ((1 << FRAME_SHIFT) - 1);
  }

  private static boolean isGib(long gfn, long count) {
    return count == 1L << GIB_SHIFT && (gfn & (count - 1)) == 0;
  }

  /** The order of the folio at a page. */
  public int order(long gfn) {
    return gib(gfn).order(frame(gfn));
  }

  /** A conversion begins: no new mappings. */
  public void lock() {
    locked = true;
  }

  public void unlock() {
    locked = false;
  }

  /** What {@link #each} calls for the part of a range that is in one frame. */
  private interface Step {
    long at(GibFolios gib, int frame, int from, int to);
  }

  private long each(long gfn, long count, Step step) {
    long sum = 0;
    for (long at = gfn, end = gfn + count; at < end; ) {
      long next = Math.min(end, (at | ((1 << FRAME_SHIFT) - 1)) + 1);
      sum += step.at(gib(at), frame(at), page(at), page(next - 1) + 1);
      at = next;
    }
    return sum;
  }

  /** The host faults pages in: returns false, and does nothing, if one would have to wait. */
  public boolean map(long gfn, long count) {
    if (locked && !isMapped(gfn, count)) {
      return false;
    }
    if (!locked) {
      each(gfn, count, GibFolios::map);
    }
    return true;
  }

  boolean isMapped(long gfn, long count) {
    return each(gfn, count, FolioTable::countMapped) == count;
  }

  private static long countMapped(GibFolios gib, int frame, int from, int to) {
    int mapped = 0;
    for (int page = from; page < to; page++) {
      mapped += gib.isMapped(frame, page) ? 1 : 0;
    }
    return mapped;
  }

  /** Drops the host's mappings of pages and returns how many page table entries that were. */
  long unmap(long gfn, long count) {
    if (isGib(gfn, count)) {
      return gib(gfn).unmapAll();
    }
    return each(gfn, count, GibFolios::unmap);
  }

  /** How many folios a range is in. */
  long folios(long gfn, long count) {
    if (isGib(gfn, count)) {
      return gib(gfn).folios();
    }
    long sum = 0;
    for (long at = gfn, end = gfn + count; at < end; ) {
      int size = order(at);
      long next =
          size == 0
              ? Math.min(end, (at | ((1 << FRAME_SHIFT) - 1)) + 1)
              : ((at >>> size) + 1) << size;
      sum += size == 0 ? next - at : 1;
      at = next;
    }
    return sum;
  }

  /** How many 2M frames that lie wholly in a range are in a huge folio. */
  long hugeFrames(long from, long to) {
    long frames = 0;
    long last = to >>> FRAME_SHIFT << FRAME_SHIFT;
    for (long at = (from + FRAME_PAGES - 1) & -FRAME_PAGES; at < last; ) {
      if (at + GIB_PAGES <= last && (at & (GIB_PAGES - 1)) == 0) {
        frames += gib(at).hugeFrames();
        at += GIB_PAGES;
      } else {
        frames += order(at) > 0 ? 1 : 0;
        at += FRAME_PAGES;
      }
    }
    return frames;
  }

  /** How many 1G folios lie wholly in a range. */
  long gibs(long from, long to) {
    long whole = 0;
    for (long at = (from + GIB_PAGES - 1) & -GIB_PAGES; at + GIB_PAGES <= to; at += GIB_PAGES) {
      whole += gib(at).isWhole() ? 1 : 0;
    }
    return whole;
  }

  /** Takes a reference to each page, after faulting it in; false if that would have to wait. */
  public boolean pin(long gfn, long count) {
    if (!map(gfn, count)) {
      return false;
    }
    each(gfn, count, (gib, frame, from, to) -> pin(gib, frame, from, to, 1));
    return true;
  }

  public void unpin(long gfn, long count) {
    each(gfn, count, (gib, frame, from, to) -> pin(gib, frame, from, to, -1));
  }

  private static long pin(GibFolios gib, int frame, int from, int to, int more) {
    gib.pin(frame, from, to, more);
    return 0;
  }

  int pins(long gfn) {
    return gib(gfn).pins(frame(gfn), page(gfn));
  }

  /** Pages before the first folio whose references are not those that are expected. */
  public long check(long gfn, long count) {
    for (long at = gfn, end = gfn + count; at < end; ) {
      GibFolios gib = gib(at);
      int frame = frame(at);
      if (gib.isExpected(frame)) {
        int shift = gib.isWhole() ? GIB_SHIFT : FRAME_SHIFT;
        at = ((at >>> shift) + 1) << shift;
      } else if (gib.order(frame) > 0 || !gib.isExpected(frame, page(at))) {
        return at - gfn;
      } else {
        at++;
      }
    }
    return count;
  }

  /** The folio of so many pages becomes ones of the next smaller order; false if it is held. */
  boolean split(long gfn, long count) {
    boolean whole = count == 1L << GIB_SHIFT;
    return divide(gfn, count, whole);
  }

  /** The folio of so many pages becomes ones of 4K; false if it is held. */
  boolean shatter(long gfn, long count) {
    return divide(gfn, count, false);
  }

  private boolean divide(long gfn, long count, boolean toHuge) {
    GibFolios gib = gib(gfn);
    int frame = frame(gfn);
    if (1L << gib.order(frame) != count || (gfn & (count - 1)) != 0) {
      throw new IllegalArgumentException("no folio of " + count + " pages at gfn " + gfn);
    }
    if (!gib.isExpected(frame)) {
      refused++;
      return false;
    }
    splits++;
    if (gib.isWhole()) {
      gib.split(toHuge);
      lose(SAVED_1G - (toHuge ? GibFolios.FRAMES * SAVED_2M : 0));
    } else {
      gib.setHuge(frame, false);
      lose(SAVED_2M);
    }
    return true;
  }

  /** The folios of a frame, or of a GiB, become one; false if one of them is held. */
  boolean merge(long gfn, long count) {
    GibFolios gib = gib(gfn);
    int frame = frame(gfn);
    boolean whole = count == 1L << GIB_SHIFT;
    if ((!whole && count != 1L << FRAME_SHIFT)
        || (gfn & (count - 1)) != 0
        || 1L << gib.order(frame) >= count) {
      throw new IllegalArgumentException("no folios of " + count + " pages at gfn " + gfn);
    }
    if (whole ? !gib.isExpected() : !gib.isExpected(frame)) {
      refused++;
      return false;
    }
    unmap(gfn, count);
    merges++;
    if (whole) {
      lose(gib.hugeFrames() * SAVED_2M - SAVED_1G);
      gib.makeWhole();
    } else {
      gib.setHuge(frame, true);
      lose(-SAVED_2M);
    }
    return true;
  }

  /** A frame that was emptied is allocated anew, as one folio. */
  void renew(long gfn) {
    gib(gfn).setHuge(frame(gfn), true);
  }

  private void lose(long bytes) {
    if (optimised) {
      lostBytes += bytes;
      lostPeakBytes = Math.max(lostPeakBytes, lostBytes);
    }
  }

  /** Struct pages that are there only because folios were split. */
  long lostBytes() {
    return lostBytes;
  }

  void restart() {
    splits = 0;
    merges = 0;
    refused = 0;
    lostPeakBytes = lostBytes;
  }

  void report(Metrics metrics) {
    metrics.add(Declared.FOLIO_SPLIT_COUNT, splits);
    metrics.add(Declared.FOLIO_MERGE_COUNT, merges);
    metrics.add(Declared.FOLIO_REFUSED_COUNT, refused);
    if (optimised) {
      metrics.add(Declared.VMEMMAP_LOST_PEAK_BYTES, lostPeakBytes);
      metrics.add(Declared.VMEMMAP_LOST_END_BYTES, lostBytes);
    }
  }
}
