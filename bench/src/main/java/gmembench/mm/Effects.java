// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import module java.base;

import gmembench.backing.InPlaceRules;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.PerSide;
import gmembench.guest.Side;

/**
 * What a verb changes in the kernel, counted: pages that become resident or go, page table entries
 * that are made or zapped, nodes of the page cache that are made or freed; and which of its pages
 * caches hold nothing of ({@link Recency}). A cost profile charges these, and calibration measures
 * them, so both count here.
 */
public final class Effects {
  private final PerSide<Side> files;

  private final Ledger ledger;
  private final Mappings mappings;
  private final Counts counts = new Counts();

  /** Pages of huge folios that became resident, and huge folios that were freed. */
  private long hugeFaults;

  private long hugeFreed;

  private final Recency recency;
  private final HostSizes host;
  private InPlaceRules rules = InPlaceRules.DEFAULT;

  public Effects(long guestPages, boolean inPlace, HostSizes host) {
    this(guestPages, inPlace, host, new Mappings.OfOne(guestPages, inPlace));
  }

  public Effects(long guestPages, boolean inPlace, HostSizes host, Mappings mappings) {
    this.files = PerSide.of(inPlace, side -> side);
    this.ledger = new Ledger(guestPages, inPlace);
    this.mappings = mappings;
    this.recency = new Recency(guestPages, host);
    this.host = host;
  }

  /** How memory in place is treated; before files are made. */
  public Effects with(InPlaceRules other) {
    rules = other;
    return this;
  }

  InPlaceRules rules() {
    return rules;
  }

  public Ledger ledger() {
    return ledger;
  }

  Mappings mappings() {
    return mappings;
  }

  public boolean inPlace() {
    return files.isOne();
  }

  /** The side whose file a side's pages are in: in place the private side's. */
  public Side fileOf(Side side) {
    return files.of(side);
  }

  /** What was counted of the last verb. */
  public Counts counts() {
    return counts;
  }

  /** A verb begins: nothing is counted yet. */
  public void begin() {
    counts.clear();
    hugeFaults = 0;
    hugeFreed = 0;
  }

  /** Adds residency alone: all that a cost needs which charges nothing else. */
  void addResidency(Verb verb, long gfn, long pages, Side side) {
    addFaults(ledger.apply(verb, gfn, pages, side));
  }

  /** Adds everything but folios. */
  void add(Verb verb, long gfn, long pages, Side side) {
    boolean uses = verb == Verb.TOUCH || verb == Verb.ALLOCATE;
    long met =
        verb == Verb.DISCARD
            ? recency.meetResident(ledger, gfn, pages, side, fileOf(side))
            : meet(gfn, pages, side, uses);
    long emptyBefore = ledger.emptyGroups(gfn, pages, side);
    long changed = ledger.apply(verb, gfn, pages, side);
    addFaults(changed);
    counts.add(Term.PER_NODE, Math.abs(ledger.emptyGroups(gfn, pages, side) - emptyBefore));
    long zeroedLines = uses ? Recency.LINES_A_FAULT * changed : 0;
    recency.use(Recency.LINES_A_PAGE * met + zeroedLines);
    counts.add(Term.PER_AWAY, recency.away());
    counts.add(Term.PER_FAR, recency.far());
    counts.add(
        Term.PER_AWAY_FAULT,
        recency.isMoreThanOwn(zeroedLines) ? changed : Recency.share(changed, recency.away(), met));
    switch (verb) {
      case TOUCH -> {
        long made = mappings.add(gfn, pages, side);
        addMaps(made);
        counts.add(Term.PER_AWAY_MAP, Recency.share(made - changed, recency.away(), met));
      }
      case DISCARD, UNMAP -> {
        addZaps(mappings.remove(verb, gfn, pages, side));
        counts.add(Term.PER_ACTIVATION, mappings.activated());
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

  private long meet(long gfn, long pages, Side side, boolean uses) {
    recency.meet(gfn, pages, fileOf(side), uses);
    return pages;
  }

  /** Entries of 4K that a verb zaps. */
  private void addZaps(long zaps) {
    addMaps(zaps);
    counts.add(Term.PER_FLUSH, zaps > host.flushCeiling() ? 0 : zaps);
    counts.add(Term.ONCE_FLUSH, zaps > host.flushCeiling() ? 1 : 0);
    counts.add(Term.ONCE_GATHER, zaps >= host.gatherBundle() ? 1 : 0);
  }

  /** Residency is entered, and not counted; returns how many pages it changed of. */
  long enter(Verb verb, long gfn, long pages, Side side) {
    return ledger.apply(verb, gfn, pages, side);
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
    long maps = counts.of(Term.PER_MAP);
    long zeroed = counts.of(Term.PER_ZEROED);
    long met =
        switch (verb) {
          case TOUCH, ALLOCATE -> Math.max(0, pages - hugeFaults);
          case MERGE -> pages;
          case DISCARD, UNMAP -> zeroed + Math.max(maps, counts.of(Term.PER_FOLIO) - hugeFreed);
          default -> 0;
        };
    if (zeroed > 0) {
      counts.add(Term.PER_HUGE_AWAY, Math.min(zeroed, recency.zero(gfn, pages, file)));
    } else {
      recency.meet(gfn, pages, file, fills || verb == Verb.MERGE);
      recency.use(Recency.LINES_A_PAGE * met);
    }
    long away = Math.min(met, recency.away());
    counts.set(Term.PER_AWAY, away);
    counts.set(Term.PER_FAR, Math.min(met, recency.far()));
    if (fills) {
      long fresh = Math.max(0, faults() - hugeFaults);
      counts.add(Term.PER_AWAY_FAULT, Recency.share(fresh, away, pages));
      counts.add(Term.PER_AWAY_MAP, Recency.share(Math.max(0, maps - fresh), away, pages));
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
    counts.add(Term.PER_HUGE_AWAY, recency.takeHuge(pages) ? 0 : pages);
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
    counts.add(Term.PER_FAULT, count);
  }

  void addMaps(long count) {
    counts.add(Term.PER_MAP, count);
  }

  void addActivation() {
    counts.add(Term.PER_ACTIVATION, 1);
  }

  void addHugeMaps(long count) {
    counts.add(Term.PER_HUGE_MAP, count);
  }

  public void addFolios(long count) {
    counts.add(Term.PER_FOLIO, count);
  }

  void addDrops(long entries) {
    counts.add(Term.PER_DROP, entries);
  }

  /** Entries that a touch made, but for those that came with a folio. */
  void addRefaults(long entries) {
    counts.add(Term.PER_REFAULT, Math.max(0, entries - counts.of(Term.PER_FOLIO)));
  }

  /** A punch splits a folio: how many there are more then, and what was mapped of it. */
  void addSplit(long moreFolios, long entries) {
    counts.add(Term.PER_SPLIT, 1);
    counts.add(Term.PER_SPLIT_FOLIO, moreFolios);
    counts.add(Term.PER_SPLIT_MAP, entries);
  }

  void addZeroed(long pages) {
    counts.add(Term.PER_ZEROED, pages);
  }

  /**
   * KVM_SET_MEMORY_ATTRIBUTES: the store's work, and the guest's entries of what is left, which it
   * zaps (kvm_pre_set_memory_attributes); of shared pages there are none, which the host uses live.
   */
  public void setAttributes(AttributeStore store, long gfn, long pages, Side to) {
    begin();
    if (store.set(gfn, pages, to, counts) && to == Side.SHARED) {
      addZaps(zap(store.guest(), gfn, gfn + pages));
    }
  }

  /** Zaps the guest's entries of private pages, and returns how many there were. */
  private long zap(Guest guest, long gfn, long end) {
    long zaps = 0;
    for (long at = gfn, next; at < end; at = next) {
      next = guest.pieceEnd(at, end);
      zaps += mappings.remove(Verb.UNMAP, guest.page(at), next - at, Side.PRIVATE);
    }
    return zaps;
  }

  /** Counts a verb on memory of 4K pages. */
  public void apply(Verb verb, long gfn, long pages, Side side) {
    begin();
    if (verb == Verb.ASK) {
      return; // the guest says which pages, and uses none
    }
    add(verb, gfn, pages, side);
    counts.set(Term.PER_FOLIO, verb == Verb.DISCARD ? 0 : faults());
  }

  /** Pages that are written to without the guest are not in its page tables; nothing is counted. */
  public void unmap(long gfn, long pages, Side side) {
    mappings.remove(Verb.UNMAP, gfn, pages, side);
  }

  /** All of a side is on another host from now on; nothing is counted. */
  public void leave(long pages, Side side) {
    ledger.apply(Verb.DISCARD, 0, pages, side);
  }

  /** Counts its residency alone. */
  public void applyResidency(Verb verb, long gfn, long pages, Side side) {
    long faults = ledger.apply(verb, gfn, pages, side);
    counts.set(Term.PER_FAULT, faults);
    counts.set(Term.PER_FOLIO, verb == Verb.DISCARD ? 0 : faults);
  }

  /** Pages that became resident, or were freed. */
  public long faults() {
    return counts.of(Term.PER_FAULT);
  }
}
