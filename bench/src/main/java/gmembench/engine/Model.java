// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.linux.LinuxException;
import gmembench.result.Cell;
import gmembench.result.Observation;
import gmembench.result.Observation.Status;
import gmembench.strategy.Converter;
import gmembench.strategy.Strategy;
import gmembench.tracker.PageMap;
import gmembench.workload.Side;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time: page states, a cost for each verb, integers only. The same output on every machine,
 * so one repetition is all there is.
 */
public record Model(Costs costs) implements Engine {
  @Override
  public String name() {
    return "model";
  }

  /** Throws with the name of a cost that a block's strategies need and the profile lacks. */
  public void requireCosts(Block block) {
    Set<Verb> needed = EnumSet.of(Verb.TOUCH);
    block.strategies().forEach(strategy -> needed.addAll(strategy.needs()));
    for (Verb verb : needed) {
      costs.cost(block.backing().name(), verb, Side.PRIVATE);
      costs.cost(block.backing().name(), verb, Side.SHARED);
    }
  }

  @Override
  public List<Cell> cells(Block block) {
    return block.strategies().stream().map(s -> block.cell(name(), s, costs.name())).toList();
  }

  @Override
  public void run(Block block, Supplier<Subject> ready, Wanted wanted, Consumer<Observation> sink) {
    if (cells(block).stream().noneMatch(cell -> wanted.test(cell, 1))) {
      return;
    }
    Subject subject = ready.get();
    Round round = new Round(block.workload().boot());
    for (Strategy strategy : block.strategies()) {
      String reason = whyNot(block, subject, strategy);
      round.add(
          strategy,
          reason == null
              ? replay(block, subject, strategy)
              : Observation.without(
                  block.cell(name(), strategy, costs.name()), Status.UNSUPPORTED, reason));
    }
    round.finish(sink);
  }

  /**
   * A strategy or a workload of which the profile has no costs is not guessed at; nor what a pool
   * of huge pages does with a rest of one.
   */
  private @Nullable String whyNot(Block block, Subject subject, Strategy strategy) {
    Set<Verb> needed = EnumSet.of(Verb.TOUCH);
    needed.addAll(strategy.needs());
    if (subject.footprint().pins()) {
      needed.add(Verb.PIN);
      needed.add(Verb.UNPIN);
    }
    for (Verb verb : needed) {
      if (!costs.has(block.backing().name(), verb)) {
        return costs.name() + " has no cost of " + block.backing().name() + "." + verb.text();
      }
    }
    long folio = 1L << block.backing().folioOrder();
    if (block.backing().isHugetlb() && block.workload().guest().pages() % folio != 0) {
      return "the guest is no multiple of the pages of " + block.backing().name();
    }
    return null;
  }

  /** One replay of a workload that is ready, without a boot time. */
  public Observation replay(Block block, Subject subject, Strategy strategy) {
    Cell cell = block.cell(name(), strategy, costs.name());
    var guest = block.workload().guest();
    Clock.Virtual clock = new Clock.Virtual(guest.vcpus());
    String backing = block.backing().name();
    Contention time =
        new Contention(
            clock,
            costs.locks(),
            backing,
            block.tracker().name(),
            strategy.inPlace(),
            new HashMap<>());
    PinSchedule pins = PinSchedule.of(subject);
    ModelMemory memory = new ModelMemory(guest, strategy, costs, block.backing(), pins, time);
    subject.populate(memory);
    PageMap map = block.tracker().open(guest.pages());
    Recorder recorder = Recorder.virtual();
    memory.restart();
    Memory seen = block.faults().around(memory, clock::advance);
    Converter converter = strategy.open(new Timed(seen, clock, recorder), map);
    converter = block.faults().around(converter, map);
    Costs.Step step = costs.step(block.tracker().name());
    Costs.Own own = costs.own(strategy.name());
    Converter charged =
        step.isFree() && own.isFree() ? converter : new Charged(converter, map, step, own, time);
    Timeline timeline =
        new Timeline(
            memory.isPlain() ? charged : new Guarded(charged, memory.folios(), pins),
            memory.ledger(),
            memory.folios(),
            map,
            subject.footprint().conversions());
    Replay replay = new Replay(seen, timeline, clock, recorder);
    try {
      replay.run(subject.trace());
      subject.checkState(map, replay.refused());
    } catch (WrongAnswer | LinuxException e) {
      return Observation.without(cell, Status.FAILED, String.valueOf(e.getMessage()));
    }
    Map<String, String> metrics = new LinkedHashMap<>();
    recorder.report(metrics);
    memory.ledger().report(metrics);
    seen.report(metrics);
    timeline.report(metrics);
    converter.report(metrics);
    Round.reportMap(metrics, map);
    return new Observation(
        cell, 1, Status.OK, "", metrics, recorder.latencies(), timeline.points());
  }
}
