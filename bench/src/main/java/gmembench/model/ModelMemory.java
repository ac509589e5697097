// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.backing.Backing;
import gmembench.backing.BySlots;
import gmembench.backing.Memslots;
import gmembench.backing.Verb;
import gmembench.engine.Clock;
import gmembench.engine.PinSchedule;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.mm.AttributeStore;
import gmembench.mm.Counts;
import gmembench.mm.Effects;
import gmembench.mm.Ledger;
import gmembench.mm.Term;
import gmembench.result.Metrics;
import gmembench.strategy.Converter;
import gmembench.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/** Memory that is only page states: a verb changes them and spends its cost in virtual time. */
final class ModelMemory implements BySlots {
  private final Guest guest;
  private final boolean flat;
  private final Costs costs;
  private final Effects effects;
  private final Ledger ledger;
  final VmFiles inFile;
  private final ModelPins pins;
  private final Contention time;
  private final Clock.Virtual clock;
  private final Backing backing;
  final Charges charges;
  private final ModelSlots slots;
  private final Counts ofSlots = new Counts();

  /** Does the profile know what an exit of a vCPU costs? It was measured with a guest then. */
  private final boolean asks;

  /** Other CPUs than the caller's that the VM's threads run on. */
  private final long otherCpus;

  private final AttributeStore attributes;
  private final @Nullable InodeMappings files; // of several VMs, if that is what the backing has
  private final @Nullable TakeOver takeOver;

  ModelMemory(
      Guest guest,
      Strategy strategy,
      Costs costs,
      Backing backing,
      PinSchedule pins,
      Contention time,
      Clock.Virtual clock) {
    this.guest = guest;
    this.flat = guest.isFlat();
    this.costs = costs;
    this.attributes = new AttributeStore(guest);
    this.slots = new ModelSlots(backing, guest);
    boolean inPlace = strategy.inPlace();
    this.files =
        backing.filePerVm() ? new InodeMappings(guest, backing.slots(guest), inPlace, clock) : null;
    Effects made =
        files == null
            ? new Effects(guest.filePages(), inPlace, costs.host())
            : new Effects(guest.filePages(), inPlace, costs.host(), files);
    this.effects = made.with(strategy.rules());
    this.ledger = effects.ledger();
    boolean countsAll = files != null || costs.countsAll(backing);
    boolean looks =
        !pins.isEmpty() || strategy.needs().contains(Verb.CHECK) || costs.chargesRefaults(backing);
    this.inFile = new VmFiles(guest, backing, effects, countsAll, looks, clock);
    this.pins = new ModelPins(pins, inFile, time, clock, guest.vcpus());
    this.time = time;
    this.clock = clock;
    this.backing = backing;
    this.asks = costs.has(backing.of(Side.PRIVATE).name(), Verb.ASK);
    this.otherCpus = clock.threads() - 1L;
    boolean isResidency = inFile.isPlain() && !countsAll && files == null;
    this.charges =
        new Charges(costs, backing, guest.vcpus(), otherCpus, effects, isResidency ? time : null);
    this.takeOver =
        files == null ? null : new TakeOver(this, guest, slots, charges, effects, files, time);
  }

  Ledger ledger() {
    return ledger;
  }

  /** A converter by which the memory knows when the trace pauses, if it has to. */
  Converter clocked(Converter converter) {
    return files == null || takeOver == null
        ? converter
        : new Pausing(new ByOwner(converter, files, takeOver), files::idle);
  }

  @Override
  public Guest guest() {
    return guest;
  }

  @Override
  public boolean isFlat() {
    return flat;
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    switch (verb) {
      case ASK -> ask(gfn, pages, side);
      case REBIND -> rebind(gfn, pages, side);
      case ATTRIBUTE -> setAttributes(gfn, pages, side);
      case PIN -> {
        pins.pinned(gfn, pages);
        return BySlots.super.apply(verb, gfn, pages, side);
      }
      case UNPIN -> {
        return pins.unpinned(gfn, pages)
            ? BySlots.super.apply(verb, gfn, pages, side)
            : wasUnpinned(gfn, pages, side);
      }
      default -> {
        return BySlots.super.apply(verb, gfn, pages, side);
      }
    }
    return pages;
  }

  @Override
  public long apply(Verb verb, long gfn, long page, long pages, Side side) {
    Charge charge = charges.of(verb, side);
    if (charge.isAll()) {
      ledger.apply(charge.effect(), page, pages, side);
      clock.advance(charge.ns(pages));
      return pages;
    }
    if (takeOver != null) {
      takeOver.before(verb);
    }
    Verb does = charge.effect();
    long done = inFile.apply(verb == Verb.HOST_TOUCH ? verb : does, page, pages, side);
    if (pins.hasWaited() && effects.counts().isFault(does)) {
      pins.fault(gfn, pages);
    }
    long ns = ns(charge, gfn, pages, side);
    time.spend(verb, side, ns);
    if (files != null && does == Verb.TOUCH && effects.faults() == 0) {
      files.refaulted(effects.counts().of(Term.PER_MAP), ns);
    }
    long split = verb == Verb.DISCARD ? inFile.folios().split() : 0;
    if (split > 0 && !charge.cost().isOfFolios()) {
      spendSplits(split, side);
    }
    return done;
  }

  /** A conversion has waited for it already; the call is made all the same. */
  private long wasUnpinned(long gfn, long pages, Side side) {
    effects.begin();
    time.spend(Verb.UNPIN, side, ns(charges.of(Verb.UNPIN, side), gfn, pages, side));
    return pages;
  }

  /** Also counts where the call is done, beside what it does. */
  private long effectsNs(Cost cost, long gfn, long pages, Side side) {
    Counts counts = effects.counts();
    counts.set(Term.ONCE_SEVERAL, pages > 1 ? 1 : 0);
    counts.set(Term.PER_FRAME, ((gfn + pages - 1) >> 9) - (gfn >> 9) + 1);
    counts.set(
        Term.PER_BINDING, cost.of(Term.PER_BINDING) == 0 ? 0 : slots.bindings(gfn, pages, side));
    return cost.effectsNs(counts);
  }

  private long ns(Charge charge, long gfn, long pages, Side side) {
    long ns = charge.ns(pages);
    return charge.isFlat() ? ns : Math.addExact(ns, effectsNs(charge.cost(), gfn, pages, side));
  }

  private void rebind(long gfn, long pages, Side side) {
    ofSlots.clear();
    ofSlots.set(Term.PER_CPU, otherCpus);
    boolean changes = slots.rebind(gfn, pages, side, ofSlots);
    time.spend(Verb.REBIND, side, changes ? charges.of(Verb.REBIND, side).cost().ns(ofSlots) : 0);
  }

  private void setAttributes(long gfn, long pages, Side side) {
    effects.setAttributes(attributes, gfn, pages, side);
    time.spend(Verb.ATTRIBUTE, side, ns(charges.of(Verb.ATTRIBUTE, side), gfn, pages, side));
  }

  private void ask(long gfn, long pages, Side to) {
    if (files != null && takeOver != null) {
      takeOver.ifDue();
      files.requireOwner("convert");
    }
    if (asks) {
      effects.begin();
      time.spend(Verb.ASK, to, ns(charges.of(Verb.ASK, to), gfn, pages, to));
    }
  }

  /**
   * Touches pages of the file without a lock, and returns what that costs, which is the caller's to
   * spend.
   */
  long touchInFile(long page, long pages, Side side) {
    inFile.apply(Verb.TOUCH, page, pages, side);
    return ns(charges.of(Verb.TOUCH, side), page, pages, side);
  }

  /** A punch of a part of a huge folio splits it first; here if the discard's cost has it not. */
  private void spendSplits(long count, Side side) {
    effects.begin();
    effects.addFolios(Guest.FRAME_PAGES);
    long each = ns(charges.of(Verb.SHATTER, side), 0, Guest.FRAME_PAGES, side);
    time.spend(Verb.SHATTER, side, Math.multiplyExact(count, each));
  }

  @Override
  public long awaitUnpinned(long gfn, long pages, Side side, long boundNs) {
    return pins.await(gfn, pages, side, boundNs);
  }

  @Override
  public long nowNs() {
    return clock.ns();
  }

  @Override
  public void sleepUntil(long ns) {
    time.sleep(Math.max(0, ns - clock.ns()));
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
  public void watchSlots(Memslots.Watch watch) {
    slots.watch(watch);
  }

  @Override
  public void unbind() {
    slots.unbind();
  }

  @Override
  public void bind() {
    if (costs.has(backing.of(Side.PRIVATE).name(), Verb.REBIND)) { // who has no slots binds nothing
      rebind(0, guest.pages(), Side.PRIVATE);
    }
  }

  @Override
  public long next(long gfn, long end, Side side, boolean allocated) {
    return inFile.next(gfn, end, side, allocated);
  }

  @Override
  public void restart() {
    slots.restart();
    if (files != null) {
      files.restart();
    }
    time.restart();
    inFile.folios().restart();
  }

  @Override
  public void report(Metrics metrics) {
    time.report(metrics);
    inFile.folios().report(metrics);
    pins.report(metrics);
    slots.report(metrics);
    ledger.reportOutside(guest, backing, metrics);
    if (files != null) {
      files.report(metrics);
    }
  }

  @Override
  public void close() {}
}
