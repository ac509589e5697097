// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.mm.GibFolios.Table;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;

/**
 * A file of folios of one order at first, but where the guest ends in one, for profiles that charge
 * folios alone. A partial punch frees nothing of hugetlb; it splits other folios, and a frame of
 * which nothing is left begins anew as one.
 *
 * <p>What the host has mapped is kept, and what KVM has for the guest, of private pages and of
 * shared ones ({@link Table}), which both use. A split or a merge drops the host's entries of all
 * of the folio: file pages are left unmapped and faulted back on demand (unmap_folio of
 * mm/huge_memory.c). In place an entry is as large as its folio, and no larger than what is all on
 * one side round it. KVM's may be as large as the folio was at first, since guest_memfd knows the
 * origin of the 4K folios: not by {@code large-mappings=false}, and then a split drops KVM's
 * entries too.
 */
sealed class FolioFile extends ModelFile permits HugetlbFile {
  private static final int FRAME_SHIFT = PageMap.ORDER_2M;
  private static final int GIB_SHIFT = PageMap.ORDER_1G;
  private static final long FRAME_PAGES = Guest.FRAME_PAGES;
  private static final long GIB_PAGES = 1L << GIB_SHIFT;

  private final boolean hugetlb;
  private final boolean keepsLarge;
  private final Vmemmap vmemmap;

  final Gibs gibs;

  FolioFile(long pages, int order, boolean hugetlb, Effects effects) {
    super(pages, order, effects);
    this.hugetlb = hugetlb;
    this.keepsLarge = effects.inPlace() && effects.rules().largeMappings();
    this.vmemmap = new Vmemmap(hugetlb && effects.inPlace());
    this.gibs = new Gibs(pages, order);
  }

  private GibFolios gib(long gfn) {
    return gibs.at(gfn);
  }

  @Override
  public int order(long gfn) {
    return gib(gfn).order(Gibs.frame(gfn));
  }

  /** The order of the largest entry that may map a page there. */
  int entryOrder(long gfn, Table table) {
    int folio = keepsLarge && table != Table.HOST ? gibs.orderAtFirst(gfn) : order(gfn);
    if (!effects.inPlace()) {
      return folio;
    }
    boolean isSmall = table == Table.HOST && !effects.rules().largeHostMappings();
    return isSmall ? 0 : Math.min(folio, gib(gfn).uniform(Gibs.frame(gfn), table.side()));
  }

  @Override
  boolean knowsSides() {
    return effects.inPlace();
  }

  @Override
  final void set(long gfn, long count, Side side) {
    for (long at = gfn, end = gfn + count; at < end; ) {
      long next = frameEnd(at, end);
      gib(at).set(Gibs.frame(at), Gibs.page(at), Gibs.page(next - 1) + 1, side);
      at = next;
    }
  }

  /** As kvm_gmem_has_safe_refcount counts: a mapping of the host's that is left is one too many. */
  @Override
  boolean hasMapping(long gfn, int order) {
    return gib(gfn).entries(Table.HOST).hasAny(Gibs.frame(gfn), Gibs.page(gfn), order);
  }

  @Override
  public final boolean isMapped(long gfn) {
    return gib(gfn).entries(Table.HOST).has(Gibs.frame(gfn), Gibs.page(gfn));
  }

  /** Enters pages, and returns how many entries were made. */
  final long enter(long gfn, long count, Table table) {
    long made = 0;
    for (long at = gfn, end = gfn + count; at < end; ) {
      GibEntries entries = gib(at).entries(table);
      long next = frameEnd(at, end);
      made +=
          entries.enter(
              Gibs.frame(at), Gibs.page(at), Gibs.page(next - 1) + 1, entryOrder(at, table));
      at = entries.isWhole() ? Math.min(end, (at | (GIB_PAGES - 1)) + 1) : next;
    }
    return made;
  }

  @Override
  void act(Verb verb, long gfn, long count, Side side) {
    switch (verb) {
      case TOUCH, HOST_TOUCH, ALLOCATE -> {
        fill(verb.effect(), gfn, count, side);
        if (verb != Verb.ALLOCATE && (side == Side.PRIVATE || !isLocked())) {
          effects.addRefaults(use(gfn, count, side, verb == Verb.TOUCH));
        }
      }
      case PIN -> {
        if (!effects.ledger().isAllResident(gfn, count, side)) {
          fill(Verb.TOUCH, gfn, count, side);
        }
        effects.addRefaults(enter(gfn, count, Table.HOST));
      }
      case DISCARD -> punch(gfn, count, side);
      case UNMAP -> {
        effects.addDrops(gibs.unmap(gfn, count, side));
        effects.counts().add(Term.PER_MADE_SHARED, side == Side.PRIVATE ? folios(gfn, count) : 0);
      }
      default -> {
        fillHoles(verb, gfn, count, side);
        setOrder(verb, gfn, count);
        effects.addFolios(verb == Verb.MERGE ? 0 : folios(gfn, count));
      }
    }
  }

  /** Private pages are the guest's alone. */
  private long use(long gfn, long count, Side side, boolean byGuest) {
    return side == Side.PRIVATE
        ? enter(gfn, count, Table.OF_PRIVATE)
        : enter(gfn, count, Table.HOST) + (byGuest ? enter(gfn, count, Table.OF_SHARED) : 0);
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
        gibs.zapAll(start, 1L << size);
        gib(at).setHuge(Gibs.frame(at), false);
        next = frameEnd(at, end);
      }
      gibs.zapAll(at, next - at);
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
      gib(frame).setHuge(Gibs.frame(frame), true);
    }
  }

  final void setOrder(Verb verb, long gfn, long count) {
    boolean isWhole = count == GIB_PAGES;
    GibFolios gib = gib(gfn);
    gibs.zap(gfn, count, Table.HOST);
    if (verb == Verb.MERGE) {
      vmemmap.merge(isWhole, gib.hugeFrames());
    } else {
      vmemmap.split(isWhole, isWhole && verb == Verb.SPLIT ? GibFolios.FRAMES : 0);
      if (!keepsLarge) {
        gibs.zapGuests(gfn, count);
      }
    }
    if (!isWhole) {
      gib.setHuge(Gibs.frame(gfn), verb == Verb.MERGE);
    } else if (verb == Verb.MERGE) {
      gib.makeWhole();
    } else {
      gib.split(verb == Verb.SPLIT);
    }
  }

  @Override
  long folios(long gfn, long count) {
    return Gibs.isGib(gfn, count) ? gib(gfn).folios() : super.folios(gfn, count);
  }

  @Override
  long hugeFrames(long from, long to) {
    long frames = 0;
    long last = to & -FRAME_PAGES;
    for (long at = (from + FRAME_PAGES - 1) & -FRAME_PAGES; order > 0 && at < last; ) {
      long next = Math.min(last, (at | (GIB_PAGES - 1)) + 1);
      frames += gib(at).hugeFrames(Gibs.frame(at), Gibs.frame(next - 1) + 1, keepsLarge);
      at = next;
    }
    return frames;
  }

  @Override
  long gibs(long from, long to) {
    long whole = 0;
    for (long at = (from + GIB_PAGES - 1) & -GIB_PAGES; at + GIB_PAGES <= to; at += GIB_PAGES) {
      boolean isWhole = keepsLarge ? gibs.orderAtFirst(at) == GIB_SHIFT : gib(at).isWhole();
      whole += isWhole && gib(at).isUniform() ? 1 : 0;
    }
    return whole;
  }

  @Override
  long lostBytes() {
    return hugetlb ? vmemmap.lostBytes() : -1;
  }

  @Override
  void restart() {
    super.restart();
    vmemmap.restart();
  }

  @Override
  void report(Metrics metrics) {
    super.report(metrics);
    vmemmap.report(metrics);
  }
}
