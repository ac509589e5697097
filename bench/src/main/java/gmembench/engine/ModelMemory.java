// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.workload.Guest;
import gmembench.workload.Side;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Memory that is only page states: a verb changes them and spends its cost in virtual time. */
final class ModelMemory implements Memory {
  private final Guest guest;
  private final Effects effects;
  private final boolean countsAll;
  private final Contention time;
  private final String backing;
  private final Costs costs;
  private final Costs.Cost[] privateCosts = new Costs.Cost[Verb.count()];
  private final Costs.Cost[] sharedCosts = new Costs.Cost[Verb.count()];

  ModelMemory(Guest guest, boolean inPlace, Costs costs, String backing, Contention time) {
    this.guest = guest;
    this.effects = new Effects(guest.pages(), inPlace);
    this.countsAll = costs.countsAll(backing);
    this.time = time;
    this.backing = backing;
    this.costs = costs;
  }

  Ledger ledger() {
    return effects.ledger();
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    if (countsAll) {
      effects.apply(verb, gfn, pages, side);
    } else {
      effects.applyResidency(verb, gfn, pages, side);
    }
    time.spend(verb, side, cost(verb, side).ns(gfn, pages, effects, guest.vcpus()));
    return pages;
  }

  /** Looked up on first use: a profile needs no section for a verb that nobody calls. */
  private Costs.Cost cost(Verb verb, Side side) {
    Costs.Cost[] known = side == Side.PRIVATE ? privateCosts : sharedCosts;
    Costs.@Nullable Cost cost = known[verb.ordinal()];
    if (cost == null) {
      cost = costs.cost(backing, verb, side);
      known[verb.ordinal()] = cost;
    }
    return cost;
  }

  @Override
  public boolean inPlace() {
    return effects.inPlace();
  }

  @Override
  public long residentBytes(Side side) {
    return ledger().residentBytes(side);
  }

  @Override
  public void restart() {
    time.restart();
  }

  @Override
  public void report(Map<String, String> metrics) {
    time.report(metrics);
  }

  @Override
  public void close() {}
}
