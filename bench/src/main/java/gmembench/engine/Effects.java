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

  /** A page that is zeroed. */
  static final long LINES_A_FAULT = 64;

  /** Of any page: its word, and its struct page or its entry. */
  static final long LINES_A_PAGE = 2;

  private static final int BLOCK_SHIFT = 12;

  private final boolean inPlace;
  private final Ledger ledger;
  private final Mappings mappings;
  private long faults;
  private long maps;
  private long nodes;
  private long far;
  private long farGroups;
  private long farFaults;
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
    this(guestPages, inPlace, Mappings.OfOne.of(guestPages, inPlace));
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
    nodes = 0;
    far = 0;
    farGroups = 0;
    farFaults = 0;
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
    boolean zeroes = verb == Verb.TOUCH || verb == Verb.ALLOCATE;
    long lines = LINES_A_PAGE * pages + (zeroes ? LINES_A_FAULT * changed : 0);
    farFaults += changed * use(gfn, pages, inPlace ? Side.PRIVATE : side, lines) / pages;
    maps +=
        switch (verb) {
          case TOUCH -> mappings.add(gfn, pages, side);
          case DISCARD, UNMAP -> mappings.remove(verb, gfn, pages, side);
          default -> 0;
        };
  }

  /** Returns how many of the pages are far. */
  private long use(long gfn, long pages, Side side, long lines) {
    long before = far;
    long end = gfn + pages;
    for (long at = gfn; at < end; at = (at | 63) + 1) {
      long[][] ofSide = lastUse[side.ordinal()];
      int block = (int) (at >>> (6 + BLOCK_SHIFT));
      if (ofSide[block] == null) {
        ofSide[block] = new long[1 << BLOCK_SHIFT];
        Arrays.fill(ofSide[block], -NEAR_LINES - 1);
      }
      int group = (int) (at >>> 6) & ((1 << BLOCK_SHIFT) - 1);
      if (used - ofSide[block][group] > NEAR_LINES) {
        far += Math.min(end, (at | 63) + 1) - at;
        farGroups++;
      }
      ofSide[block][group] = used;
    }
    used += lines;
    return far - before;
  }

  /** Pages of the range that were not used for long. */
  public long far() {
    return far;
  }

  /** Groups of 64 pages of which pages of the range were not used for long. */
  public long farGroups() {
    return farGroups;
  }

  /** Far pages that became resident, or were freed. */
  public long farFaults() {
    return farFaults;
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
   * Counts which pages of huge folios are far, and in how many 2M frames; what was zeroed just now
   * is not. First lines of pages share a 64th of a cache's sets: each drives out what a page does.
   */
  void useHuge(long gfn, long pages, Side side) {
    use(gfn, pages, inPlace ? Side.PRIVATE : side, LINES_A_FAULT * pages);
    far = faults < pages ? far : 0;
    farGroups = far == 0 ? 0 : ((gfn + pages - 1) >> 9) - (gfn >> 9) + 1;
  }

  /**
   * A huge folio is allocated and written: the one that was freed last, which may be far. Returns
   * when that was.
   */
  long takeHuge(long pages) {
    boolean isNear = freeCount > 0 && used - free[--freeCount] <= NEAR_LINES;
    farFaults += isNear ? 0 : pages;
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
