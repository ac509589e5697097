// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.Units;
import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;
import org.jspecify.annotations.Nullable;

/**
 * What verbs do to the folios of a modelled guest: one file in place, else one for each side. Of
 * hugetlb a punch of a part frees nothing, and pages that take the place of a folio are of regular
 * memory from then on; of other folios such a punch splits the folio, and a frame of which nothing
 * is left begins anew as one.
 */
public final class ModelFolios {
  private final long guestPages;
  private final boolean inPlace;
  private final boolean hugetlb;
  private final int order;
  private final Effects effects;
  private final boolean countsAll;
  private final FolioTable ofPrivate;
  private final FolioTable ofShared;

  /**
   * What counts instead, if all of huge folios is charged: what can be mapped, split and copied.
   */
  private final @Nullable HugeFile privateFile;

  private final @Nullable HugeFile sharedFile;

  /** Folios that the last discard has split. */
  private long split;

  /**
   * @param effects where it is counted what verbs do
   * @param countsAll also what pages cost in page tables and page cache
   */
  public ModelFolios(long guestPages, Backing backing, Effects effects, boolean countsAll) {
    this.guestPages = guestPages;
    this.inPlace = effects.inPlace();
    this.hugetlb = backing.isHugetlb();
    this.order = backing.folioOrder();
    this.effects = effects;
    this.countsAll = countsAll;
    this.ofPrivate = new FolioTable(guestPages, order, hugetlb && inPlace);
    this.ofShared = inPlace ? ofPrivate : new FolioTable(guestPages, order, false);
    this.privateFile = countsAll && order > 0 ? newFile() : null;
    this.sharedFile = privateFile == null || inPlace ? privateFile : newFile();
  }

  private HugeFile newFile() {
    return hugetlb ? new HugetlbFile(guestPages, order) : new ShmemFile(guestPages);
  }

  public FolioTable of(Side side) {
    return side == Side.PRIVATE ? ofPrivate : ofShared;
  }

  /** Folios that the last discard has split because it was of a part of them. */
  public long split() {
    return split;
  }

  /** Does a verb, pins aside; returns how many pages were done. */
  public long apply(Verb verb, long gfn, long count, Side side) {
    effects.begin();
    switch (verb) {
      case TOUCH, ALLOCATE -> populate(verb, gfn, count, side);
      case DISCARD -> discard(gfn, count, side);
      case UNMAP -> unmap(gfn, count, side);
      case CHECK -> {
        return check(gfn, count, side);
      }
      case SPLIT, SHATTER, MERGE -> {
        return reshape(verb, gfn, count, side) ? count : 0;
      }
      default -> {}
    }
    return count;
  }

  /** Takes a reference to each page, which it maps first. */
  public void pin(long gfn, long count, Side side) {
    effects.begin();
    of(side).pin(gfn, count);
    count(Verb.PIN, gfn, count, side);
    use(Verb.PIN, gfn, count, side);
  }

  /** Drops these references; what is not there is not dropped. */
  public void unpin(long gfn, long count, Side side) {
    effects.begin();
    of(side).unpin(gfn, count);
  }

  private @Nullable HugeFile file(Side side) {
    return side == Side.PRIVATE ? privateFile : sharedFile;
  }

  private void count(Verb verb, long gfn, long count, Side side) {
    HugeFile file = file(side);
    if (file != null) {
      file.count(verb, gfn, count, effects);
    }
  }

  private void use(Verb verb, long gfn, long count, Side side) {
    if (privateFile != null) {
      effects.useHuge(verb, gfn, count, side, 1L << order);
    }
  }

  private void addFolios(long count) {
    if (privateFile == null) {
      effects.addFolios(count);
    }
  }

  private void add(Verb verb, long gfn, long count, Side side) {
    if (privateFile != null) {
      effects.enter(verb, gfn, count, side);
    } else if (countsAll) {
      effects.add(verb, gfn, count, side);
    } else {
      effects.addResidency(verb, gfn, count, side);
    }
  }

  /** A huge folio becomes resident as a whole. */
  private void populate(Verb verb, long gfn, long count, Side side) {
    if (order > 0) {
      populateFolios(verb, gfn, gfn + count, side);
    }
    long before = effects.faults();
    add(verb, gfn, count, side);
    addFolios(effects.faults() - before);
    count(verb, gfn, count, side);
    use(verb, gfn, count, side);
    if (side == Side.SHARED && verb == Verb.TOUCH) {
      ofShared.map(gfn, count);
    }
  }

  private void populateFolios(Verb verb, long from, long to, Side side) {
    for (long at = from; at < to; ) {
      int size = of(side).order(at);
      long start = at >>> size << size;
      long next = size == 0 ? (at | (Guest.FRAME_PAGES - 1)) + 1 : start + (1L << size);
      // all of a huge folio is there, or nothing
      if (size > 0 && !effects.ledger().isResident(at, side)) {
        add(verb, start, next - start, side);
        addFolios(1);
      }
      at = next;
    }
  }

  private void discard(long gfn, long count, Side side) {
    split = 0;
    FolioTable table = of(side);
    long end = gfn + count;
    for (long at = gfn; at < end; ) {
      int size = order == 0 ? 0 : table.order(at);
      long start = at >>> size << size;
      long next = order == 0 ? end : size == 0 ? frameEnd(at, end) : start + (1L << size);
      boolean part = size > 0 && (start < gfn || next > end);
      if (part && !hugetlb && table.shatter(start, 1L << size)) {
        split++;
        next = frameEnd(at, end);
        part = false;
      }
      if (!part || hugetlb) {
        count(Verb.DISCARD, at, Math.min(next, end) - at, side);
      }
      if (!part) {
        table.unmap(at, next - at);
        add(Verb.DISCARD, at, next - at, side);
        beginAnew(table, at, side);
      }
      at = next;
    }
    use(Verb.DISCARD, gfn, count, side);
  }

  private static long frameEnd(long at, long end) {
    return Math.min(end, (at | (Guest.FRAME_PAGES - 1)) + 1);
  }

  private void beginAnew(FolioTable table, long gfn, Side side) {
    long start = gfn & -Guest.FRAME_PAGES;
    if (order == PageMap.ORDER_2M
        && !hugetlb
        && start + Guest.FRAME_PAGES <= guestPages
        && table.order(gfn) == 0
        && isEmpty(start, side)) {
      table.renew(gfn);
    }
  }

  private boolean isEmpty(long frame, Side side) {
    return file(side) instanceof ShmemFile file
        ? file.isEmpty(frame)
        : effects.ledger().isEmpty(frame, Guest.FRAME_PAGES, side);
  }

  /** The guest's own mappings are not kept: each folio of the range is taken to have one. */
  public void unmap(long gfn, long count, Side side) {
    add(Verb.UNMAP, gfn, count, side);
    long entries = side == Side.SHARED ? ofShared.unmap(gfn, count) : ofPrivate.folios(gfn, count);
    effects.addDrops(privateFile == null ? entries : 0);
    count(Verb.UNMAP, gfn, count, side);
    use(Verb.UNMAP, gfn, count, side);
  }

  private long check(long gfn, long count, Side side) {
    effects.addFolios(of(side).folios(gfn, count));
    return of(side).check(gfn, count);
  }

  /** Splits or merges; false if a folio is held. */
  public boolean reshape(Verb verb, long gfn, long count, Side side) {
    FolioTable table = of(side);
    long before = verb == Verb.MERGE ? table.folios(gfn, count) : 0;
    boolean done =
        switch (verb) {
          case MERGE -> table.merge(gfn, count);
          case SPLIT -> table.split(gfn, count);
          default -> table.shatter(gfn, count);
        };
    addFolios(verb == Verb.MERGE ? before : done ? table.folios(gfn, count) : 0);
    if (done) {
      boolean brings = privateFile != null && verb != Verb.MERGE && !hugetlb;
      if (brings && !effects.ledger().isResident(gfn, side)) {
        effects.enter(Verb.TOUCH, gfn, count, side); // MADV_COLD of what is there: it is read first
      }
      count(verb, gfn, count, side);
      use(verb, gfn, count, side);
    }
    return done;
  }

  /**
   * Struct pages that are there only because folios were split; -1 if no folio gives them back. Of
   * two sides none is ever split: regular memory, which takes a folio's place, has them anyway.
   */
  public long vmemmapLostBytes() {
    return hugetlb ? ofPrivate.lostBytes() : -1;
  }

  /**
   * What of the guest can be mapped by entries of 2M or more: frames that are in a huge folio and
   * all on one side (KVM maps no mixed frame huge). -1 if there are no huge folios.
   */
  public long hugeMappedBytes(PageMap map) {
    return order == 0
        ? -1
        : sum(map, FolioTable::hugeFrames) * Guest.FRAME_PAGES * Units.PAGE_BYTES;
  }

  /** What of that can be mapped by entries of 1G; -1 if there are no folios of 1G. */
  public long gibMappedBytes(PageMap map) {
    return order == PageMap.ORDER_1G ? sum(map, FolioTable::gibs) << 30 : -1;
  }

  /** Counts something in the range of a table. */
  private interface Count {
    long in(FolioTable table, long from, long to);
  }

  /** Over the ranges of the guest that are on one side. */
  private long sum(PageMap map, Count count) {
    long sum = 0;
    for (long at = 0; at < guestPages; ) {
      long end = map.runEnd(at, guestPages);
      sum += count.in(of(map.get(at)), at, end);
      at = end;
    }
    return sum;
  }

  public void restart() {
    ofPrivate.restart();
    ofShared.restart();
  }

  /** Nothing if there are only 4K folios. */
  public void report(Metrics metrics) {
    if (order > 0) {
      ofPrivate.report(metrics);
      if (!inPlace) {
        ofShared.report(metrics);
      }
    }
  }
}
