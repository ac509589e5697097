// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Verb;
import gmembench.workload.PageSet;
import gmembench.workload.Side;

/**
 * What a verb changes in the kernel, counted: pages that become resident or go, page table entries
 * that are made or zapped, nodes of the page cache that are made or freed. A cost profile charges
 * these, and calibration measures them, so both count here.
 */
public final class Effects {
  private final boolean inPlace;
  private final Ledger ledger;
  private final PageSet privateMapped;
  private final PageSet sharedMapped;
  private long faults;
  private long maps;
  private long nodes;

  public Effects(long guestPages, boolean inPlace) {
    this.inPlace = inPlace;
    this.ledger = new Ledger(guestPages, inPlace);
    this.privateMapped = new PageSet(guestPages);
    this.sharedMapped = inPlace ? privateMapped : new PageSet(guestPages);
  }

  Ledger ledger() {
    return ledger;
  }

  boolean inPlace() {
    return inPlace;
  }

  /** Counts residency alone: all that a cost needs which charges nothing else. */
  void applyResidency(Verb verb, long gfn, long pages, Side side) {
    faults = ledger.apply(verb, gfn, pages, side);
  }

  /** Counts everything. */
  public void apply(Verb verb, long gfn, long pages, Side side) {
    long emptyBefore = ledger.emptyGroups(gfn, pages, side);
    faults = ledger.apply(verb, gfn, pages, side);
    nodes = Math.abs(ledger.emptyGroups(gfn, pages, side) - emptyBefore);
    PageSet mapped = side == Side.PRIVATE ? privateMapped : sharedMapped;
    maps =
        switch (verb) {
          case TOUCH -> mapped.add(gfn, pages);
          case DISCARD, UNMAP -> mapped.remove(gfn, pages);
          default -> 0;
        };
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
}
