// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Verb;
import gmembench.workload.Side;
import java.util.Arrays;

/**
 * What a verb changes in the kernel, counted: pages that become resident or go, page table entries
 * that are made or zapped, nodes of the page cache that are made or freed; and what is far, which
 * means that so much else was used since that caches hold nothing of it: the page, its struct page,
 * its entries, and of 64 pages their node and their line of entries. A cost profile charges these,
 * and calibration measures them, so both count here.
 */
public final class Effects {
  /**
   * A page is far when more cache lines than this were used since it was last used: 8 MiB, what one
   * CPU may keep of a last-level cache that others use too.
   */
  static final long NEAR_LINES = 1 << 17;

  /**
   * A page is away when more cache lines than this were used since, 1 MiB: neither the TLB nor a
   * CPU's own cache hold anything of it, but the last level may.
   */
  static final long OWN_LINES = 1 << 14;

  /** A page that is zeroed. */
  static final long LINES_A_FAULT = 64;

  /** Of any page: its word, and its struct page or its entry. */
  static final long LINES_A_PAGE = 2;

  /** Zapped entries up to which each is flushed by itself: tlb_single_page_flush_ceiling of x86. */
  static final long MOST_FLUSHES = 33;

  /** Zapped pages from which on they are gathered in a page: MMU_GATHER_BUNDLE. */
  static final long GATHER_BUNDLE = 8;

  private static final int BLOCK_SHIFT = 12;

  private final boolean inPlace;
  private final Ledger ledger;
  private final Mappings mappings;
  private long faults;
  private long maps;
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

  /** Cache lines that verbs used so far. */
  private long used;

  /** Free huge folios, the last one first: {@link #used} when they were filled. */
  private long[] free = new long[16];

  private int freeCount;

  /** By side: {@link #used} when a group of 64 pages was last used, in blocks of 1 GiB. */
  private final long[][][] lastUse;

  public Effects(long guestPages, boolean inPlace) {
    this(guestPages, inPlace, new Mappings.OfOne(guestPages, inPlace));
  }

  Effects(long guestPages, boolean inPlace, Mappings mappings) {
    this.inPlace = inPlace;
    this.ledger = new Ledger(guestPages, inPlace);
    this.mappings = mappings;
    int blocks = Math.toIntExact(((guestPages - 1) >>> (6 + BLOCK_SHIFT)) + 1);
    this.lastUse = new long[2][blocks][];
  }

  Ledger ledger() {
    return ledger;
  }

  boolean inPlace() {
    return inPlace;
  }

  /** A verb begins: nothing is counted yet. */
  void begin() {
    faults = 0;
    maps = 0;
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
    long zeroedLines = uses ? LINES_A_FAULT * changed : 0;
    long awayBefore = away;
    use(gfn, pages, inPlace ? Side.PRIVATE : side, uses);
    used += LINES_A_PAGE * pages + zeroedLines;
    awayFaults += zeroedLines > OWN_LINES ? changed : changed * (away - awayBefore) / pages;
    switch (verb) {
      case TOUCH -> {
        long made = mappings.add(gfn, pages, side);
        maps += made;
        awayMaps += (made - changed) * (away - awayBefore) / pages;
      }
      case DISCARD, UNMAP -> {
        zaps = mappings.remove(verb, gfn, pages, side);
        maps += zaps;
        activations += mappings.activated();
      }
      default -> {}
    }
  }

  /**
   * Notes what of a range is away, or far.
   *
   * @param uses the content too, not what the kernel keeps of the pages alone
   */
  private void use(long gfn, long pages, Side side, boolean uses) {
    long end = gfn + pages;
    for (long at = gfn; at < end; at = (at | 63) + 1) {
      long[] block = lastUse(at, side);
      int group = (int) (at >>> 6) & ((1 << BLOCK_SHIFT) - 1);
      long since = used - block[group];
      block[group] = uses ? used : block[group];
      if (since > OWN_LINES) {
        long count = Math.min(end, (at | 63) + 1) - at;
        away += count;
        far += since > NEAR_LINES ? count : 0;
      }
    }
  }

  private long[] lastUse(long gfn, Side side) {
    long[][] blocks = lastUse[side.ordinal()];
    int block = (int) (gfn >>> (6 + BLOCK_SHIFT));
    if (blocks[block] == null) {
      blocks[block] = new long[1 << BLOCK_SHIFT];
      Arrays.fill(blocks[block], -NEAR_LINES - 1);
    }
    return blocks[block];
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
    used += lines;
  }

  /**
   * Counts which pages of huge folios are far; what was zeroed just now is not. First lines of
   * pages share a 64th of a cache's sets: each drives out as much as a whole page does.
   */
  void useHuge(long gfn, long pages, Side side) {
    use(gfn, pages, inPlace ? Side.PRIVATE : side, true);
    away = 0;
    far = faults < pages ? far : 0;
    used += LINES_A_FAULT * pages;
  }

  /**
   * A huge folio is allocated and written: the one that was freed last, which may be far. Returns
   * when that was.
   */
  long takeHuge(long pages) {
    boolean isNear = freeCount > 0 && used - free[--freeCount] <= NEAR_LINES;
    awayFaults += isNear ? 0 : pages;
    used += LINES_A_FAULT * pages;
    return used;
  }

  /**
   * A huge folio is freed.
   *
   * @param filledAt as {@link #takeHuge} returned it
   */
  void freeHuge(long filledAt) {
    if (freeCount == free.length) {
      free = Arrays.copyOf(free, 2 * freeCount);
    }
    free[freeCount++] = filledAt;
  }

  void addFaults(long count) {
    faults += count;
  }

  void addMaps(long count) {
    maps += count;
  }

  void addFolios(long count) {
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
    add(verb, gfn, pages, side);
    folios = verb == Verb.DISCARD ? 0 : faults;
  }

  /** Counts its residency alone. */
  void applyResidency(Verb verb, long gfn, long pages, Side side) {
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

  /** Pages that were zapped for the second time since they became resident. */
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

  /** Folios that a punch of a part of them split. */
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
