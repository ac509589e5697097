// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.backing.Backing;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.engine.Clock;
import gmembench.engine.Clocked;
import gmembench.engine.Oracle;
import gmembench.engine.PinSchedule;
import gmembench.engine.Recorder;
import gmembench.engine.Subject;
import gmembench.engine.Timed;
import gmembench.engine.Timeline;
import gmembench.guest.Guest;
import gmembench.result.Metrics;
import gmembench.strategy.Converter;
import gmembench.strategy.Strategy;
import gmembench.tracker.PageMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One VM on the model: its memory, its page map, and the strategy at work on both.
 *
 * @param seen the memory as the guest sees it, with what goes wrong on purpose
 * @param converter the strategy
 * @param charged the same, its page map's work and its own being charged, and pins watched
 */
record ModelVm(
    ModelMemory memory, Memory seen, PageMap map, Converter converter, Converter charged) {
  /**
   * Opens a VM in which the guest has used all that the trace will touch.
   *
   * @param ofHost locks that it shares with other VMs
   * @param oracle that judges what this VM does, or null
   */
  static ModelVm open(
      Costs costs,
      Block block,
      Subject subject,
      Strategy strategy,
      Clock.Virtual clock,
      Recorder recorder,
      Map<String, ModelLock> ofHost,
      @Nullable Oracle oracle) {
    Guest guest = block.workload().guest();
    Backing backing = block.backing();
    String tracker = block.tracker().name();
    Contention time =
        new Contention(clock, costs.locks(), backing, tracker, strategy.inPlace(), ofHost);
    PinSchedule pins = PinSchedule.of(subject);
    ModelMemory memory = new ModelMemory(guest, strategy, costs, backing, pins, time, clock);
    KernelMapped kernel =
        backing.leavesDirectMap()
            ? KernelMapped.of(memory, backing, guest, costs, time, clock, pins)
            : null;
    Memory below = kernel == null ? memory : kernel;
    subject.populate(below);
    PageMap map = block.tracker().open(guest.pages());
    below.restart();
    memory.watchSlots(map::slotSet);
    Memory watched = oracle == null ? below : oracle.around(below);
    Memory seen = block.faults().around(watched, clock::advance);
    Converter converter = strategy.open(new Timed(seen, clock, recorder), map);
    Memory guests = converter.seen(seen);
    converter = block.faults().around(converter, map);
    Costs.Step step = costs.step(tracker);
    Costs.Own own = costs.own(strategy.name());
    Converter charged =
        step.isFree() && own.isFree()
            ? converter
            : new Charged(converter, map, step, own, time, frames(step, strategy, guest, map));
    VmFiles files = memory.inFile;
    charged = files.isPlain() ? charged : new Guarded(new Clocked(charged, pins), files.folios());
    charged = memory.clocked(charged);
    charged = kernel == null ? charged : kernel.clocked(charged);
    charged = oracle == null ? charged : oracle.around(charged, map);
    return new ModelVm(memory, guests, map, converter, charged);
  }

  /**
   * The mixed flags that KVM keeps beside a map; none where the map knows itself, nor where the
   * attribute ioctl is called, whose cost they are part of.
   */
  private static @Nullable TrackedFrames frames(
      Costs.Step step, Strategy strategy, Guest guest, PageMap map) {
    boolean isOfIoctl = strategy.needs().contains(Verb.ATTRIBUTE);
    return !step.keepsFlags() || isOfIoctl || map.knowsMixed()
        ? null
        : new TrackedFrames(guest, map);
  }

  /** All but latencies and the page map. */
  Metrics report(@Nullable Timeline timeline) {
    Metrics metrics = new Metrics();
    memory.ledger().report(metrics);
    seen.report(metrics);
    if (timeline != null) {
      timeline.report(metrics);
    }
    converter.report(metrics);
    return metrics;
  }
}
