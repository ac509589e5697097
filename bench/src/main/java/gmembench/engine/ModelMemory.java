// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Backing;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.strategy.Strategy;
import gmembench.workload.Guest;
import gmembench.workload.Side;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Memory that is only page states: a verb changes them and spends its cost in virtual time. */
final class ModelMemory implements Memory {
  private final Guest guest;
  private final Effects effects;
  private final boolean countsAll;
  private final ModelFolios folios;

  /** Nobody asks for folios, mappings or pins: then they are not kept. */
  private final boolean plain;

  private final PinSchedule pins;
  private final Contention time;
  private final Backing backing;
  private final Costs costs;
  private final Costs.Cost[] privateCosts = new Costs.Cost[Verb.count()];
  private final Costs.Cost[] sharedCosts = new Costs.Cost[Verb.count()];
  private final ModelSlots slots;

  ModelMemory(
      Guest guest,
      Strategy strategy,
      Costs costs,
      Backing backing,
      PinSchedule pins,
      Contention time) {
    this.guest = guest;
    this.slots = new ModelSlots(backing, guest);
    this.effects = new Effects(guest.pages(), strategy.inPlace());
    this.countsAll = costs.countsAll(backing.name());
    this.folios = new ModelFolios(guest.pages(), backing, effects, countsAll);
    this.plain =
        backing.folioOrder() == 0 && pins.isEmpty() && !strategy.needs().contains(Verb.CHECK);
    this.pins = pins;
    this.time = time;
    this.backing = backing;
    this.costs = costs;
  }

  Ledger ledger() {
    return effects.ledger();
  }

  boolean isPlain() {
    return plain;
  }

  ModelFolios folios() {
    return folios;
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    if (verb == Verb.REBIND) {
      time.spend(verb, side, slots.rebind(gfn, pages, side, cost(verb, side)));
      return pages;
    }
    long done = pages;
    if (plain) {
      applyPlain(verb, gfn, pages, side);
    } else {
      done = applyToFolios(verb, gfn, pages, side);
    }
    Costs.Cost cost = cost(verb, side);
    long ns = cost.ns(gfn, pages, effects, guest.vcpus());
    time.spend(verb, side, ns + slots.bindings(gfn, pages, side, cost));
    if (verb == Verb.DISCARD && folios.split() > 0) {
      spendSplits(folios.split(), side);
    }
    return done;
  }

  private void applyPlain(Verb verb, long gfn, long pages, Side side) {
    if (countsAll) {
      effects.apply(verb, gfn, pages, side);
    } else {
      effects.applyResidency(verb, gfn, pages, side);
    }
  }

  private long applyToFolios(Verb verb, long gfn, long pages, Side side) {
    long done = pages;
    effects.begin();
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
    return done;
  }

  /** A punch of a part of a huge folio splits it first. */
  private void spendSplits(long count, Side side) {
    effects.begin();
    effects.addFolios(Guest.FRAME_PAGES);
    long each = cost(Verb.SHATTER, side).ns(0, Guest.FRAME_PAGES, effects, guest.vcpus());
    time.spend(Verb.SHATTER, side, count * each);
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
    return effects.inPlace();
  }

  @Override
  public int folioOrder() {
    return backing.folioOrder();
  }

  @Override
  public long residentBytes(Side side) {
    return ledger().residentBytes(side);
  }

  @Override
  public void unbind() {
    slots.unbind();
  }

  @Override
  public void restart() {
    slots.restart();
    time.restart();
    folios.restart();
  }

  @Override
  public void report(Map<String, String> metrics) {
    time.report(metrics);
    folios.report(metrics);
    slots.report(metrics);
  }

  @Override
  public void close() {}
}
