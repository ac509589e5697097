// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.result.Declared;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;
import org.jspecify.annotations.Nullable;

/**
 * A file of folios of one order at first, but where the guest ends in one, for profiles that charge
 * folios alone. A split keeps the mappings, which are the host's: the guest's own are not kept. A
 * merge drops them. A partial punch frees nothing of hugetlb; it splits other folios, and a frame
 * of which nothing is left begins anew as one.
 *
 * <p>Struct pages: with the hugetlb vmemmap optimisation a folio needs one page of them. Shattering
 * loses 28 KiB for 2M and 16 MiB less 4 KiB for 1G, until the folio is merged. With two files none
 * is ever lost: regular memory, which takes a folio's place, has them anyway.
 */
sealed class FolioFile extends ModelFile permits HugetlbFile {
  private static final int FRAME_SHIFT = PageMap.ORDER_2M;
  private static final int GIB_SHIFT = PageMap.ORDER_1G;
  private static final long FRAME_PAGES = Guest.FRAME_PAGES;
  private static final long GIB_PAGES = 1L << GIB_SHIFT;
  private static final int FRAME_MASK = GibFolios.FRAMES - 1;
  private static final long SAVED_2M = (32 - 4) << 10;
  private static final long SAVED_1G = (16 << 20) - (4 << 10);

  private final boolean hugetlb;

  /** Made when first needed; what is missing is as at first. */
  private final @Nullable GibFolios[] gibs;

  private long lostBytes;
  private long lostPeakBytes;

  FolioFile(long pages, int order, boolean hugetlb, Effects effects) {
    super(pages, order, effects);
    this.hugetlb = hugetlb;
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
    boolean full = (index + 1L) << GIB_SHIFT <= pages;
    GibFolios gib = new GibFolios(full ? order : Math.min(order, FRAME_SHIFT));
    if (!full && (pages & (FRAME_PAGES - 1)) != 0) {
      gib.setHuge(frame(pages), false);
    }
    return gib;
  }

  private static int frame(long gfn) {
    return (int) (gfn >>> FRAME_SHIFT) & FRAME_MASK;
  }

  private static int page(long gfn) {
    return (int) (gfn & (FRAME_PAGES - 1));
  }

  private static boolean isGib(long gfn, long count) {
    return count == GIB_PAGES && (gfn & (count - 1)) == 0;
  }

  @Override
  public int order(long gfn) {
    return gib(gfn).order(frame(gfn));
  }

  /** What {@link #each} calls for the part of a range that is in one frame. */
  private interface Step {
    int at(GibFolios gib, int frame, int from, int to);
  }

  private long each(long gfn, long count, Step step) {
    long sum = 0;
    for (long at = gfn, end = gfn + count; at < end; ) {
      long next = frameEnd(at, end);
      sum += step.at(gib(at), frame(at), page(at), page(next - 1) + 1);
      at = next;
    }
    return sum;
  }

  /** As kvm_gmem_has_safe_refcount counts: a mapping of the host's that is left is one too many. */
  @Override
  boolean isHeld(long gfn, int order) {
    return super.isHeld(gfn, order) || gib(gfn).isMapped(frame(gfn), page(gfn), order);
  }

  @Override
  final boolean isMapped(long gfn) {
    return gib(gfn).isMapped(frame(gfn), page(gfn));
  }

  /** Enters pages in the host's page tables. */
  final void enter(long gfn, long count) {
    each(gfn, count, GibFolios::map);
  }

  /** Drops the host's mappings of pages and returns how many page table entries that were. */
  final long zap(long gfn, long count) {
    return isGib(gfn, count) ? gib(gfn).unmapAll() : each(gfn, count, GibFolios::unmap);
  }

  @Override
  void act(Verb verb, long gfn, long count, Side side) {
    switch (verb) {
      case TOUCH, ALLOCATE -> {
        fill(verb, gfn, count, side);
        if (side == Side.SHARED && verb == Verb.TOUCH && !isLocked()) {
          enter(gfn, count);
        }
      }
      case PIN -> {
        if (!effects.ledger().isAllResident(gfn, count, side)) {
          fill(Verb.TOUCH, gfn, count, side);
        }
        enter(gfn, count);
      }
      case DISCARD -> punch(gfn, count, side);
      case UNMAP ->
          // the guest's own mappings are not kept: each folio of the range is taken to have one
          effects.addDrops(side == Side.SHARED ? zap(gfn, count) : folios(gfn, count));
      default -> {
        fillHoles(verb, gfn, count, side);
        setOrder(verb, gfn, count);
        effects.addFolios(verb == Verb.MERGE ? 0 : folios(gfn, count));
      }
    }
  }

  /** Folios that are to be merged cost, even if one of them is held. */
  @Override
  long apply(Verb verb, long gfn, long count, Side side) {
    effects.addFolios(verb == Verb.MERGE ? folios(gfn, count) : 0);
    return super.apply(verb, gfn, count, side);
  }

  /** A huge folio comes as a whole: all of it is there, or nothing. */
  private void fill(Verb verb, long gfn, long count, Side side) {
    for (long at = gfn, end = gfn + count; order > 0 && at < end; ) {
      int size = order(at);
      long start = at >>> size << size;
      long next = size == 0 ? (at | (FRAME_PAGES - 1)) + 1 : start + (1L << size);
      if (size > 0 && !effects.ledger().isResident(at, side)) {
        effects.addResidency(verb, start, next - start, side);
        effects.addFolios(1);
      }
      at = next;
    }
    long before = effects.faults();
    effects.addResidency(verb, gfn, count, side);
    effects.addFolios(effects.faults() - before);
  }

  /** A merge brings the pages that are missing, sought where a GiB may have holes: few have. */
  private void fillHoles(Verb verb, long gfn, long count, Side side) {
    GibFolios gib = gib(gfn);
    if (verb != Verb.MERGE) {
      gib.noteHoles(!effects.ledger().isResident(gfn, side));
    } else if (gib.mayHaveHoles()) {
      effects.addFaults(effects.ledger().fill(gfn, count, side));
    }
  }

  private void punch(long gfn, long count, Side side) {
    long end = gfn + count;
    for (long at = gfn; at < end; ) {
      int size = order(at);
      long start = at >>> size << size;
      long next = size == 0 ? frameEnd(at, end) : start + (1L << size);
      if (size > 0 && (start < gfn || next > end)) {
        if (hugetlb || !mayCut(start)) {
          at = next;
          continue;
        }
        gib(at).setHuge(frame(at), false);
        next = frameEnd(at, end);
      }
      zap(at, next - at);
      gib(at).noteHoles(order(at) < order);
      effects.addResidency(Verb.DISCARD, at, next - at, side);
      renew(at & -FRAME_PAGES, side);
      at = next;
    }
  }

  /** A frame that was emptied is allocated anew, as one folio. */
  private void renew(long frame, Side side) {
    if (order == FRAME_SHIFT
        && !hugetlb
        && frame + FRAME_PAGES <= pages
        && order(frame) == 0
        && effects.ledger().isEmpty(frame, FRAME_PAGES, side)) {
      gib(frame).setHuge(frame(frame), true);
    }
  }

  final void setOrder(Verb verb, long gfn, long count) {
    boolean isWhole = count == GIB_PAGES;
    GibFolios gib = gib(gfn);
    if (verb == Verb.MERGE) {
      zap(gfn, count);
      lose(isWhole ? gib.hugeFrames() * SAVED_2M - SAVED_1G : -SAVED_2M);
    } else {
      boolean toHuge = isWhole && verb == Verb.SPLIT;
      lose(isWhole ? SAVED_1G - (toHuge ? GibFolios.FRAMES * SAVED_2M : 0) : SAVED_2M);
    }
    if (!isWhole) {
      gib.setHuge(frame(gfn), verb == Verb.MERGE);
    } else if (verb == Verb.MERGE) {
      gib.makeWhole();
    } else {
      gib.split(verb == Verb.SPLIT);
    }
  }

  @Override
  long folios(long gfn, long count) {
    return isGib(gfn, count) ? gib(gfn).folios() : super.folios(gfn, count);
  }

  @Override
  long hugeFrames(long from, long to) {
    long first = (from + GIB_PAGES - 1) & -GIB_PAGES;
    long last = to & -GIB_PAGES;
    if (first >= last) {
      return super.hugeFrames(from, to);
    }
    long frames = super.hugeFrames(from, first) + super.hugeFrames(last, to);
    for (long at = first; at < last; at += GIB_PAGES) {
      frames += gib(at).hugeFrames();
    }
    return frames;
  }

  @Override
  long gibs(long from, long to) {
    long whole = 0;
    for (long at = (from + GIB_PAGES - 1) & -GIB_PAGES; at + GIB_PAGES <= to; at += GIB_PAGES) {
      whole += gib(at).isWhole() ? 1 : 0;
    }
    return whole;
  }

  private boolean isOptimised() {
    return hugetlb && effects.inPlace();
  }

  private void lose(long bytes) {
    if (isOptimised()) {
      lostBytes += bytes;
      lostPeakBytes = Math.max(lostPeakBytes, lostBytes);
    }
  }

  @Override
  long lostBytes() {
    return hugetlb ? lostBytes : -1;
  }

  @Override
  void restart() {
    super.restart();
    lostPeakBytes = lostBytes;
  }

  @Override
  void report(Metrics metrics) {
    super.report(metrics);
    if (isOptimised()) {
      metrics.add(Declared.VMEMMAP_LOST_PEAK_BYTES, lostPeakBytes);
      metrics.add(Declared.VMEMMAP_LOST_END_BYTES, lostBytes);
    }
  }
}
