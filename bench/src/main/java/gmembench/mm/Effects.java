// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.backing.Verb;
import gmembench.guest.PerSide;
import gmembench.guest.Side;

/**
 * What a verb changes in the kernel, counted: pages that become resident or go, page table entries
 * that are made or zapped, nodes of the page cache that are made or freed; and which of its pages
 * caches hold nothing of ({@link Recency}). A cost profile charges these, and calibration measures
 * them, so both count here.
 */
public final class Effects {
  /** Zapped entries up to which each is flushed by itself: tlb_single_page_flush_ceiling of x86. */
  static final long MOST_FLUSHES = 33;

  /** Zapped pages from which on they are gathered in a page: MMU_GATHER_BUNDLE. */
  static final long GATHER_BUNDLE = 8;

  private final PerSide<Side> files;

  private final Ledger ledger;
  private final Mappings mappings;
  private long faults;
  private long maps;
  private long hugeMaps;
  private long hugeFaults;
  private long hugeFreed;
  private long hugeAway;
  private long zaps;
  private long activations;
  private long nodes;
  private long away;
  private long awayFaults;
  private long awayMaps;
  private long far;
  private long folios;
  private long splits;
  private long splitFolios;
  private long splitMaps;
  private long zeroed;

  private final Recency recency;

  public Effects(long guestPages, boolean inPlace) {
    this(guestPages, inPlace, new Mappings.OfOne(guestPages, inPlace));
  }

  public Effects(long guestPages, boolean inPlace, Mappings mappings) {
    this.files = PerSide.of(inPlace, side -> side);
    this.ledger = new Ledger(guestPages, inPlace);
    this.mappings = mappings;
    this.recency = new Recency(guestPages);
  }

  public Ledger ledger() {
    return ledger;
  }

  public boolean inPlace() {
    return files.isOne();
  }

  /** The side whose file a side's pages are in: in place the private side's. */
  public Side fileOf(Side side) {
    return files.of(side);
  }

  /** A verb begins: nothing is counted yet. */
  public void begin() {
    faults = 0;
    maps = 0;
    hugeMaps = 0;
    hugeFaults = 0;
    hugeFreed = 0;
    hugeAway = 0;
    zaps = 0;
    activations = 0;
    nodes = 0;
    away = 0;
    awayFaults = 0;
    awayMaps = 0;
    far = 0;
    folios = 0;
    splits = 0;
    splitFolios = 0;
    splitMaps = 0;
    zeroed = 0;
  }

  /** Adds residency alone: all that a cost needs which charges nothing else. */
  void addResidency(Verb verb, long gfn, long pages, Side side) {
    faults += ledger.apply(verb, gfn, pages, side);
  }

  /** Adds everything but folios. */
  void add(Verb verb, long gfn, long pages, Side side) {
    long emptyBefore = ledger.emptyGroups(gfn, pages, side);
    long changed = ledger.apply(verb, gfn, pages, side);
    faults += changed;
    nodes += Math.abs(ledger.emptyGroups(gfn, pages, side) - emptyBefore);
    boolean uses = verb == Verb.TOUCH || verb == Verb.ALLOCATE;
    long zeroedLines = uses ? Recency.LINES_A_FAULT * changed : 0;
    recency.meet(gfn, pages, fileOf(side), uses);
    recency.use(Recency.LINES_A_PAGE * pages + zeroedLines);
    away += recency.away();
    far += recency.far();
    awayFaults += zeroedLines > Recency.OWN_LINES ? changed : changed * recency.away() / pages;
    switch (verb) {
      case TOUCH -> {
        long made = mappings.add(gfn, pages, side);
        maps += made;
        awayMaps += (made - changed) * recency.away() / pages;
      }
      case DISCARD, UNMAP -> {
        zaps = mappings.remove(verb, gfn, pages, side);
        maps += zaps;
        activations += mappings.activated();
      }
      case DIRECT_MAP, MAP -> {
        if (side == Side.SHARED) {
          mappings.remove(Verb.UNMAP, gfn, pages, side); // it is mapped anew, and touched there
        } else {
          mappings.add(gfn, pages, side); // the guest's own entry is kept, or written through
        }
      }
      default -> {}
    }
  }

  /** Pages of the range that a CPU's own cache holds nothing of: those that are far among them. */
  public long away() {
    return away;
  }

  /** Pages of the range that were not used for long. */
  public long far() {
    return far;
  }

  /** Residency is entered; what is counted of it comes from elsewhere. */
  void enter(Verb verb, long gfn, long pages, Side side) {
    ledger.apply(verb, gfn, pages, side);
  }

  /** Other memory is used. */
  public void use(long lines) {
    recency.use(lines);
  }

  /**
   * Counts which pages of huge folios, or of what they were split into, are away or far, of those
   * that a verb meets one by one: touches, copies (MERGE), zeroes, zaps or frees. A huge folio that
   * is made resident, or freed as a whole, is not met.
   */
  void useHuge(Verb verb, long gfn, long pages, Side side, long folioPages) {
    Side file = fileOf(side);
    boolean fills = verb == Verb.TOUCH || verb == Verb.ALLOCATE;
    long met =
        switch (verb) {
          case TOUCH, ALLOCATE -> Math.max(0, pages - hugeFaults);
          case MERGE -> pages;
          case DISCARD, UNMAP -> zeroed + Math.max(maps, folios - hugeFreed);
          default -> 0;
        };
    if (zeroed > 0) {
      hugeAway += Math.min(zeroed, recency.zero(gfn, pages, file));
    } else {
      recency.meet(gfn, pages, file, fills || verb == Verb.MERGE);
      recency.use(Recency.LINES_A_PAGE * met);
    }
    away = Math.min(met, recency.away());
    far = Math.min(met, recency.far());
    if (fills) {
      long fresh = Math.max(0, faults - hugeFaults);
      awayFaults += fresh * away / pages;
      awayMaps += Math.max(0, maps - fresh) * away / pages;
      recency.use(Recency.LINES_A_FAULT * fresh);
    }
    recency.use(verb == Verb.MERGE ? Recency.LINES_A_FAULT * pages : 0);
    if (hugeFaults > 0) {
      long start = gfn & -folioPages;
      recency.fill(start, ((gfn + pages + folioPages - 1) & -folioPages) - start, file);
    }
  }

  /** A huge folio is allocated and written; returns when, for {@link #freeHuge}. */
  long takeHuge(long pages) {
    hugeFaults += pages;
    hugeAway += recency.takeHuge(pages) ? 0 : pages;
    return recency.used();
  }

  /**
   * A huge folio is freed.
   *
   * @param filledAt as {@link #takeHuge} returned it
   */
  void freeHuge(long filledAt) {
    hugeFreed++;
    recency.freeHuge(filledAt);
  }

  void addFaults(long count) {
    faults += count;
  }

  void addMaps(long count) {
    maps += count;
  }

  void addActivation() {
    activations++;
  }

  void addHugeMaps(long count) {
    hugeMaps += count;
  }

  public void addFolios(long count) {
    folios += count;
  }

  /** A punch splits a folio: how many there are more then, and what was mapped of it. */
  void addSplit(long moreFolios, long entries) {
    splits++;
    splitFolios += moreFolios;
    splitMaps += entries;
  }

  void addZeroed(long pages) {
    zeroed += pages;
  }

  /** Counts a verb on memory of 4K pages. */
  public void apply(Verb verb, long gfn, long pages, Side side) {
    begin();
    if (verb == Verb.ASK) {
      return; // the guest says which pages, and uses none
    }
    add(verb, gfn, pages, side);
    folios = verb == Verb.DISCARD ? 0 : faults;
  }

  /** Counts its residency alone. */
  public void applyResidency(Verb verb, long gfn, long pages, Side side) {
    faults = ledger.apply(verb, gfn, pages, side);
    folios = verb == Verb.DISCARD ? 0 : faults;
  }

  /** Pages that became resident, or were freed. */
  public long faults() {
    return faults;
  }

  /** Page table entries that were made, or zapped. */
  public long maps() {
    return maps;
  }

  /** Page table entries of 2M or more that were made, or zapped; not among {@link #maps}. */
  public long hugeMaps() {
    return hugeMaps;
  }

  /** Pages of huge folios that became resident, or were zeroed, and no near cache held them. */
  public long hugeAway() {
    return hugeAway;
  }

  /** Zapped entries that are flushed from the TLB one by one. */
  public long flushes() {
    return zaps > MOST_FLUSHES ? 0 : zaps;
  }

  /** Were so many zapped that the whole TLB is flushed? */
  public boolean flushesAll() {
    return zaps > MOST_FLUSHES;
  }

  /** Were so many zapped that they are gathered in a page? */
  public boolean gathers() {
    return zaps >= GATHER_BUNDLE;
  }

  /** Pages that became resident, or were freed, and nothing of them was in a CPU's own cache. */
  public long awayFaults() {
    return awayFaults;
  }

  /** Pages that were resident and away, and got an entry. */
  public long awayMaps() {
    return awayMaps;
  }

  /** Pages, or huge folios, that were zapped for the second time since they became resident. */
  public long activations() {
    return activations;
  }

  /** Groups of 64 pages that got their first page in the file's page cache, or lost their last. */
  public long nodes() {
    return nodes;
  }

  /** Folios that became resident, were checked, made or merged; entries that an unmap dropped. */
  public long folios() {
    return folios;
  }

  /** Folios that a punch of a part of them split, or, of hugetlb, zeroed. */
  public long splits() {
    return splits;
  }

  /** Folios that there are more for that. */
  public long splitFolios() {
    return splitFolios;
  }

  /** Page table entries that were dropped for that. */
  public long splitMaps() {
    return splitMaps;
  }

  /** Pages that a punch of a part of a huge folio zeroed. */
  public long zeroed() {
    return zeroed;
  }
}
