// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Backing;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.workload.Guest;
import gmembench.workload.Side;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Memory that is only page states: a verb changes them and spends its cost in virtual time. */
final class ModelMemory implements Memory {
  private final Guest guest;
  private final boolean inPlace;
  private final Ledger ledger;
  private final ModelFolios folios;
  private final PinSchedule pins;
  private final Contention time;
  private final Backing backing;
  private final Costs costs;
  private final Costs.Cost[] privateCosts = new Costs.Cost[Verb.count()];
  private final Costs.Cost[] sharedCosts = new Costs.Cost[Verb.count()];

  ModelMemory(
      Guest guest,
      boolean inPlace,
      Costs costs,
      Backing backing,
      PinSchedule pins,
      Contention time) {
    this.guest = guest;
    this.inPlace = inPlace;
    this.ledger = new Ledger(guest.pages(), inPlace);
    this.folios = new ModelFolios(guest.pages(), inPlace, backing, ledger);
    this.pins = pins;
    this.time = time;
    this.backing = backing;
    this.costs = costs;
  }

  Ledger ledger() {
    return ledger;
  }

  ModelFolios folios() {
    return folios;
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    long done = pages;
    switch (verb) {
      case TOUCH, ALLOCATE -> folios.populate(verb, gfn, pages, side);
      case DISCARD -> folios.discard(gfn, pages, side);
      case UNMAP -> folios.unmap(gfn, pages, side);
      case CHECK -> done = folios.check(gfn, pages, side);
      case SPLIT, SHATTER, MERGE -> done = folios.reshape(verb, gfn, pages, side) ? pages : 0;
      case PIN -> {
        pins.pinned(gfn, pages);
        folios.of(side).pin(gfn, pages);
      }
      case UNPIN -> {
        if (pins.unpinned(gfn, pages)) {
          folios.of(side).unpin(gfn, pages);
        }
      }
      default -> {}
    }
    long ns = cost(verb, side).ns(gfn, pages, folios.pages(), folios.folios(), guest.vcpus());
    time.spend(verb, side, ns);
    if (verb == Verb.DISCARD && folios.split() > 0) {
      spendSplits(side);
    }
    return done;
  }

  /** A punch of a part of a huge folio splits it first. */
  private void spendSplits(Side side) {
    Costs.Cost cost = cost(Verb.SHATTER, side);
    long each = cost.ns(0, Guest.FRAME_PAGES, 0, Guest.FRAME_PAGES, guest.vcpus());
    time.spend(Verb.SHATTER, side, folios.split() * each);
  }

  @Override
  public long awaitUnpinned(long gfn, long pages, Side side, long boundNs) {
    FolioTable table = folios.of(side);
    long waited = pins.waitFor(gfn, pages, boundNs, table::unpin);
    time.sleep(waited);
    return waited;
  }

  /** Looked up on first use: a profile needs no section for a verb that nobody calls. */
  private Costs.Cost cost(Verb verb, Side side) {
    Costs.Cost[] known = side == Side.PRIVATE ? privateCosts : sharedCosts;
    Costs.@Nullable Cost cost = known[verb.ordinal()];
    if (cost == null) {
      cost = costs.cost(backing.name(), verb, side);
      known[verb.ordinal()] = cost;
    }
    return cost;
  }

  @Override
  public boolean inPlace() {
    return inPlace;
  }

  @Override
  public int folioOrder() {
    return backing.folioOrder();
  }

  @Override
  public long residentBytes(Side side) {
    return ledger.residentBytes(side);
  }

  @Override
  public void restart() {
    time.restart();
    folios.restart();
  }

  @Override
  public void report(Map<String, String> metrics) {
    time.report(metrics);
    folios.report(metrics);
  }

  @Override
  public void close() {}
}
