// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.backing.Backing;
import gmembench.backing.InPlaceRules;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.result.Declared;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;

/**
 * A file of guest pages as the kernel has it. Its kind alone knows which folios the pages are in
 * and what of them is mapped; which are resident is in the {@link Ledger}, which a kind asks and
 * enters; who pins them is in {@link FolioPins}. As in the kernel, a folio that is pinned can be
 * neither split nor merged (EAGAIN: folio_ref_count differs from what page cache and mappings
 * explain), and to pin a page is to map it first.
 *
 * <p>While it is locked (filemap_invalidate_lock, as long as a conversion lasts) new faults wait:
 * here they are refused, and so is a pin that needs one. A pin of what is mapped is not (fast GUP
 * takes no lock).
 */
public abstract sealed class ModelFile permits FolioFile, ShmemFile, SmallFile {
  final long pages;
  final int order;
  final Effects effects;
  private final References references;
  private boolean locked;
  private long split;
  private long splits;
  private long merges;
  private long refused;

  /**
   * @param order of its largest folios
   */
  ModelFile(long pages, int order, Effects effects) {
    this.pages = pages;
    this.order = order;
    this.effects = effects;
    this.references = new References(pages, effects.ledger());
  }

  /**
   * The file of a side.
   *
   * @param countsAll also what pages cost in page tables and page cache; else folios alone
   */
  static ModelFile open(long pages, Backing of, Effects effects, boolean countsAll, Side side) {
    Backing backing = of.of(side);
    int order = backing.folioOrder();
    if (!countsAll) {
      return new FolioFile(pages, order, backing.isHugetlb(), effects);
    }
    if (order == 0) {
      return new SmallFile(pages, effects, side);
    }
    return backing.isHugetlb()
        ? new HugetlbFile(pages, order, effects)
        : new ShmemFile(pages, effects);
  }

  /** The order of the folio at a page: 0, 9 or 18. */
  public abstract int order(long gfn);

  /** Is a page in the host's page tables? */
  public abstract boolean isMapped(long gfn);

  /** A range was converted to a side; of two files nobody asks. */
  void set(long gfn, long count, Side side) {}

  /** Does it keep which pages are on which side? */
  boolean knowsSides() {
    return false;
  }

  /**
   * What a verb does to pages: TOUCH, HOST_TOUCH, ALLOCATE, DISCARD, UNMAP, a fault of the host's
   * (PIN), and SPLIT, SHATTER and MERGE of what may be.
   */
  abstract void act(Verb verb, long gfn, long count, Side side);

  /** Does a verb, pins aside; returns how many pages were done. */
  long apply(Verb verb, long gfn, long count, Side side) {
    split = 0;
    switch (verb) {
      case TOUCH, HOST_TOUCH, ALLOCATE, UNMAP -> act(verb, gfn, count, side);
      case DISCARD -> {
        references.punch(gfn, count, this::order);
        act(verb, gfn, count, side);
      }
      case SPLIT, SHATTER, MERGE -> {
        if (verb == Verb.MERGE && 1L << order(gfn) >= count) {
          return count; // MADV_COLLAPSE leaves a folio alone: a punch has freed the pieces
        }
        if (!mayReshape(verb, gfn, count)) {
          return 0;
        }
        act(verb, gfn, count, side);
      }
      case CHECK -> {
        effects.addFolios(folios(gfn, count));
        return check(gfn, count);
      }
      default -> {}
    }
    return count;
  }

  /** A conversion begins: no new mappings. */
  public final void lock() {
    locked = true;
  }

  public final void unlock() {
    locked = false;
  }

  /** The host faults pages in: returns false, and does nothing, if one would have to wait. */
  public final boolean map(long gfn, long count, Side side) {
    if (locked) {
      return isMapped(gfn, count);
    }
    act(Verb.PIN, gfn, count, side);
    return true;
  }

  final boolean isMapped(long gfn, long count) {
    boolean all = true;
    for (long at = gfn; all && at < gfn + count; at++) {
      all = isMapped(at);
    }
    return all;
  }

  final boolean isLocked() {
    return locked;
  }

  /** Takes a reference to each page, after faulting it in; false if that would have to wait. */
  public final boolean pin(long gfn, long count, Side side) {
    boolean done = map(gfn, count, side);
    if (done) {
      references.add(gfn, count);
    }
    return done;
  }

  /** Drops these references; what is not there is not dropped. */
  public final void unpin(long gfn, long count) {
    references.drop(gfn, count);
  }

  final int pins(long gfn) {
    return references.of(gfn, 0);
  }

  /** Pages before the first folio whose references are not those that are expected. */
  public final long check(long gfn, long count) {
    for (long at = gfn, end = gfn + count; at < end; ) {
      int size = order(at);
      int look = Math.max(size, PageMap.ORDER_2M); // where no page is held none needs to be seen
      if (!isHeld(at, look)) {
        at = ((at >>> look) + 1) << look;
      } else if (size > 0 || isHeld(at, 0)) {
        return at - gfn;
      } else {
        at++;
      }
    }
    return count;
  }

  /** Does the check see a user of the folio of an order at a page? */
  private boolean isHeld(long gfn, int order) {
    InPlaceRules rules = effects.rules();
    return (rules.check().sees(rules.references()) && references.of(gfn, order) > 0)
        || (rules.check().seesMappings() && hasMapping(gfn, order));
  }

  /** Has the host any of the folio of an order mapped that a page is in, and does that count? */
  boolean hasMapping(long gfn, int order) {
    return false;
  }

  /** Is any page of a range held, or mapped by the host, whatever a check sees? */
  final boolean isUsed(long gfn, long count) {
    for (long at = gfn, end = gfn + count; at < end; ) {
      int look = PageMap.ORDER_2M;
      if (references.of(at, look) == 0 && !hasMapping(at, look)) {
        at = frameEnd(at, end);
      } else if (references.of(at, 0) > 0 || hasMapping(at, 0)) {
        return true;
      } else {
        at++;
      }
    }
    return false;
  }

  /** May a range become one folio, or its folio several? Counts it as done, or as refused. */
  private boolean mayReshape(Verb verb, long gfn, long count) {
    boolean merge = verb == Verb.MERGE;
    long size = 1L << order(gfn);
    int whole = Long.numberOfTrailingZeros(count);
    if ((gfn & (count - 1)) != 0
        || (merge ? size >= count || whole % PageMap.ORDER_2M != 0 : size != count)) {
      throw new IllegalArgumentException("no folio of " + count + " pages at gfn " + gfn);
    }
    if (references.of(gfn, whole) > 0) {
      refused++;
      return false;
    }
    merges += merge ? 1 : 0;
    splits += merge ? 0 : 1;
    return true;
  }

  /** May a punch of a part of a folio split it? */
  final boolean mayCut(long folio) {
    boolean may = mayReshape(Verb.SHATTER, folio, 1L << order(folio));
    split += may ? 1 : 0;
    return may;
  }

  /** Folios that the last punch has split. */
  final long split() {
    return split;
  }

  /** How many folios a range is in. */
  long folios(long gfn, long count) {
    long sum = 0;
    for (long at = gfn, end = gfn + count; at < end; ) {
      int size = order(at);
      long next = size == 0 ? frameEnd(at, end) : ((at >>> size) + 1) << size;
      sum += size == 0 ? next - at : 1;
      at = next;
    }
    return sum;
  }

  static long frameEnd(long at, long end) {
    return Math.min(end, (at | (Guest.FRAME_PAGES - 1)) + 1);
  }

  /**
   * How many 2M frames that lie wholly in a range are in a huge folio, and on one side if known.
   */
  long hugeFrames(long from, long to) {
    long frames = 0;
    long first = (from + Guest.FRAME_PAGES - 1) & -Guest.FRAME_PAGES;
    for (long at = first; at + Guest.FRAME_PAGES <= to; at += Guest.FRAME_PAGES) {
      frames += order(at) > 0 ? 1 : 0;
    }
    return frames;
  }

  /** How many 1G folios lie wholly in a range, and on one side if that is known. */
  long gibs(long from, long to) {
    return 0;
  }

  /** Struct pages that are there only because folios were split; -1 if no folio gives them back. */
  long lostBytes() {
    return -1;
  }

  void restart() {
    splits = 0;
    merges = 0;
    refused = 0;
  }

  void report(Metrics metrics) {
    metrics.add(Declared.FOLIO_SPLIT_COUNT, splits);
    metrics.add(Declared.FOLIO_MERGE_COUNT, merges);
    metrics.add(Declared.FOLIO_REFUSED_COUNT, refused);
  }
}
