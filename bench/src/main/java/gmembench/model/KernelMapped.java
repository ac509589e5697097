// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.backing.Backing;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.backing.Watch;
import gmembench.engine.Clock;
import gmembench.engine.PinSchedule;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.mm.Counts;
import gmembench.mm.KernelMap;
import gmembench.mm.Recency;
import gmembench.mm.Term;
import gmembench.result.Metrics;
import gmembench.strategy.Converter;

/**
 * A modelled memory that leaves the kernel's direct map: what verbs do there is charged on top of
 * what they do otherwise, and pins of pages without an entry are refused.
 */
final class KernelMapped implements Watch {
  private final ModelMemory memory;
  private final KernelMap map;
  private final Contention time;
  private final Clock clock;
  private final PinSchedule pins;
  private final Counts counts = new Counts();
  private final Recency recency;

  private KernelMapped(
      ModelMemory memory,
      KernelMap map,
      Recency recency,
      Contention time,
      Clock clock,
      PinSchedule pins) {
    this.memory = memory;
    this.map = map;
    this.recency = recency;
    this.time = time;
    this.clock = clock;
    this.pins = pins;
  }

  static KernelMapped of(
      ModelMemory memory,
      Backing backing,
      Guest guest,
      Costs costs,
      Contention time,
      Clock clock,
      PinSchedule pins) {
    KernelMap map =
        new KernelMap(
            guest.pages(),
            backing.folioOrder(),
            memory.inPlace(),
            costs.host().flushCeiling(),
            costs.otherCpus());
    Recency recency = new Recency(guest.pages(), costs.host());
    return new KernelMapped(memory, map, recency, time, clock, pins);
  }

  @Override
  public Memory memory() {
    return memory;
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    if (verb == Verb.PIN && !map.mayPin(gfn, pages)) {
      pins.pinned(gfn, pages);
      return pins.unpinned(gfn, pages) ? 0 : pages;
    }
    if (verb == Verb.UNPIN && !map.mayUnpin(gfn, pages)) {
      return 0;
    }
    long start = clock.ns();
    long done = memory.apply(verb, gfn, pages, side);
    if (verb != Verb.ASK) {
      map.apply(verb.effect(), gfn, pages, side, counts);
      counts.set(Term.PER_COLD, cold(verb, gfn, pages, side));
      time.spend(verb, side, memory.charges.of(verb, side).cost().effectsNs(counts));
    }
    map.reachable().took(clock.ns() - start);
    return done;
  }

  /** Pages that the host copies from memory: whoever uses a page has it in a cache afterwards. */
  private long cold(Verb verb, long gfn, long pages, Side side) {
    boolean isUse = verb.effect() == Verb.TOUCH || verb == Verb.COPY;
    Side file = memory.inPlace() ? Side.PRIVATE : side;
    long cold = isUse ? recency.zero(gfn, pages, file) : 0;
    return verb == Verb.HOST_TOUCH ? cold : 0;
  }

  /** A converter by which it knows when the trace pauses. */
  Converter clocked(Converter converter) {
    return new Pausing(converter, map.reachable()::pass);
  }

  @Override
  public void restart() {
    memory.restart();
    map.restart();
  }

  @Override
  public void report(Metrics metrics) {
    memory.report(metrics);
    map.report(metrics);
  }
}
