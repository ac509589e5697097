// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.backing.Backing;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.engine.Clock;
import gmembench.engine.PinSchedule;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.mm.Effects;
import gmembench.mm.FolioTable;
import gmembench.mm.Ledger;
import gmembench.mm.ModelFolios;
import gmembench.strategy.Strategy;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Memory that is only page states: a verb changes them and spends its cost in virtual time. */
final class ModelMemory implements Memory {
  /** Verbs whose side is a file; of others it is where pages go. */
  private static final Set<Verb> OF_FILES =
      EnumSet.of(
          Verb.TOUCH, Verb.ALLOCATE, Verb.DISCARD, Verb.UNMAP, Verb.CHECK, Verb.PIN, Verb.UNPIN);

  private final Guest guest;
  private final Effects effects;
  private final Ledger ledger;
  private final boolean countsAll;
  private final ModelFolios folios;

  /** Nobody asks for folios, mappings or pins: then they are not kept. */
  private final boolean plain;

  private final PinSchedule pins;
  private final Contention time;
  private final Clock.Virtual clock;
  private final Backing backing;
  private final Costs costs;

  /** By verb and side. */
  private final @Nullable Charge[] charges = new Charge[2 * Verb.count()];

  private final ModelSlots slots;

  /** Does the profile know what an exit of a vCPU costs? It was measured with a guest then. */
  private final boolean asks;

  /** CPUs besides the caller's that the VM's threads run on. */
  private final long otherCpus;

  /** The files of several VMs, if that is what the backing has. */
  private final @Nullable InodeMappings files;

  ModelMemory(
      Guest guest,
      Strategy strategy,
      Costs costs,
      Backing backing,
      PinSchedule pins,
      Contention time,
      Clock.Virtual clock) {
    this.guest = guest;
    this.slots = new ModelSlots(backing, guest);
    boolean inPlace = strategy.inPlace();
    this.files =
        backing.filePerVm() ? new InodeMappings(guest, backing.slots(guest), inPlace, clock) : null;
    this.effects =
        files == null
            ? new Effects(guest.pages(), inPlace)
            : new Effects(guest.pages(), inPlace, files);
    this.ledger = effects.ledger();
    this.countsAll = files != null || costs.countsAll(backing.name());
    this.folios = new ModelFolios(guest.pages(), backing, effects, countsAll);
    this.plain =
        backing.folioOrder() == 0 && pins.isEmpty() && !strategy.needs().contains(Verb.CHECK);
    this.pins = pins;
    this.time = time;
    this.clock = clock;
    this.backing = backing;
    this.costs = costs;
    this.asks = costs.has(backing.name(), Verb.ASK);
    this.otherCpus = clock.threads() - 1L;
  }

  Ledger ledger() {
    return ledger;
  }

  boolean isPlain() {
    return plain;
  }

  ModelFolios folios() {
    return folios;
  }

  /**
   * What a verb costs on a side of this VM; what is the same for all calls is added up once.
   *
   * @param callNs of every call
   * @param isFlat does it not matter what the call does, nor where?
   * @param isAll is residency all that changes, and does the call wait for nothing?
   */
  private record Charge(
      Costs.Cost cost, long callNs, long perPageNs, boolean isFlat, boolean isAll) {
    long ns(long pages) {
      return callNs + perPageNs * pages;
    }
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    if (verb == Verb.ASK) {
      ask(gfn, pages, side);
      return pages;
    }
    Charge charge = charge(verb, side);
    if (charge.isAll) {
      ledger.apply(verb, gfn, pages, side);
      clock.advance(charge.ns(pages));
      return pages;
    }
    return apply(charge, verb, gfn, pages, side);
  }

  private long apply(Charge charge, Verb verb, long gfn, long pages, Side side) {
    if (verb == Verb.REBIND) {
      return rebind(gfn, pages, side);
    }
    if (files != null) {
      takeOver(files);
    }
    long done = plain ? applyPlain(verb, gfn, pages, side) : applyToFolios(verb, gfn, pages, side);
    long ns = charge.ns(pages);
    if (!charge.isFlat) {
      ns += charge.cost.effectsNs(gfn, pages, effects);
      ns += slots.bindings(gfn, pages, side, charge.cost);
    }
    time.spend(verb, side, ns);
    if (files != null && verb == Verb.TOUCH && effects.faults() == 0) {
      files.refaulted(effects.maps(), ns);
    }
    if (!plain && verb == Verb.DISCARD && folios.split() > 0 && charge.cost.huge() == null) {
      spendSplits(folios.split(), side);
    }
    return done;
  }

  private long rebind(long gfn, long pages, Side side) {
    Costs.Cost cost = cost(Verb.REBIND, side);
    long ns = slots.rebind(gfn, pages, side, cost);
    time.spend(Verb.REBIND, side, ns == 0 ? 0 : ns + otherCpus * cost.perCpuNs());
    return pages;
  }

  private void ask(long gfn, long pages, Side to) {
    if (files != null) {
      takeOver(files);
      files.requireMayConvert();
    }
    if (asks) {
      effects.begin();
      time.spend(Verb.ASK, to, cost(Verb.ASK, to).ns(gfn, pages, effects, guest.vcpus()));
    }
  }

  /**
   * Intra-host migration, if it is due: the target sets its slots, and the source loses its
   * mappings by a zap of every binding. What the target then maps again is charged where it touches
   * it.
   */
  private void takeOver(InodeMappings files) {
    if (!files.mustTakeOver()) {
      return;
    }
    Costs.Cost zap = cost(Verb.DISCARD, Side.PRIVATE);
    long ns = slots.setAllNs(cost(Verb.REBIND, Side.PRIVATE));
    ns += zap.perMapNs() * files.takeOver();
    ns += slots.bindings(0, guest.pages(), Side.PRIVATE, zap);
    time.spendAlone(ns);
    files.tookOver(ns);
  }

  private long applyPlain(Verb verb, long gfn, long pages, Side side) {
    if (countsAll) {
      effects.apply(verb, gfn, pages, side);
    } else {
      effects.applyResidency(verb, gfn, pages, side);
    }
    return pages;
  }

  private long applyToFolios(Verb verb, long gfn, long pages, Side side) {
    switch (verb) {
      case PIN -> {
        pins.pinned(gfn, pages);
        folios.pin(gfn, pages, side);
      }
      case UNPIN -> {
        effects.begin();
        if (pins.unpinned(gfn, pages)) {
          folios.unpin(gfn, pages, side);
        }
      }
      default -> {
        return folios.apply(verb, gfn, pages, side);
      }
    }
    return pages;
  }

  /** A punch of a part of a huge folio splits it first; here if the discard's cost has it not. */
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

  private Costs.Cost cost(Verb verb, Side side) {
    return charge(verb, side).cost;
  }

  /**
   * Which side's file a verb is done to. Where pages leave the direct map, the host gets at them by
   * other ways than the guest, and a side says which.
   */
  private Side fileOf(Verb verb, Side side) {
    boolean isOfFile = OF_FILES.contains(verb) && !backing.verbs().contains(Verb.DIRECT_MAP);
    return isOfFile ? effects.fileOf(side) : side;
  }

  /** Looked up on first use: a profile needs no section for a verb that nobody calls. */
  private Charge charge(Verb verb, Side side) {
    Charge charge = charges[2 * verb.ordinal() + side.ordinal()];
    return charge == null ? open(verb, side) : charge;
  }

  private Charge open(Verb verb, Side side) {
    Costs.Cost cost = costs.cost(backing.name(), verb, fileOf(verb, side));
    long callNs = cost.callNs(guest.vcpus()) + otherCpus * cost.perCpuNs();
    boolean isResidency = plain && !countsAll && files == null && verb != Verb.REBIND;
    boolean isAll = isResidency && cost.isFlat() && !time.holds(verb, side);
    Charge charge = new Charge(cost, callNs, cost.perPageNs(), cost.isFlat(), isAll);
    charges[2 * verb.ordinal() + side.ordinal()] = charge;
    return charge;
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
    return ledger.residentBytes(side);
  }

  @Override
  public void unbind() {
    slots.unbind();
  }

  @Override
  public void restart() {
    slots.restart();
    if (files != null) {
      files.restart();
    }
    time.restart();
    folios.restart();
  }

  @Override
  public void report(Map<String, String> metrics) {
    time.report(metrics);
    folios.report(metrics);
    slots.report(metrics);
    if (files != null) {
      files.report(metrics);
    }
  }

  @Override
  public void close() {}
}
