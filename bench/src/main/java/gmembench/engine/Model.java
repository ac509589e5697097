// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Verb;
import gmembench.result.Cell;
import gmembench.result.Observation;
import gmembench.result.Observation.Status;
import gmembench.strategy.Strategy;
import gmembench.workload.Side;
import java.util.ArrayList;
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
    if (isWanted(block, wanted)) {
      Subject subject = ready.get();
      finish(
          block, block.strategies().stream().map(s -> observe(block, subject, s)).toList(), sink);
    }
  }

  /** Is anything of a block to be run? Strategies are compared with each other, so all are then. */
  public boolean isWanted(Block block, Wanted wanted) {
    return cells(block).stream().anyMatch(cell -> wanted.test(cell, 1));
  }

  /** One strategy's part of a block, which several threads may do at a time. */
  public Observation observe(Block block, Subject subject, Strategy strategy) {
    String reason = whyNot(block, subject, strategy);
    return reason == null
        ? replay(block, subject, strategy)
        : Observation.without(
            block.cell(name(), strategy, costs.name()), Status.UNSUPPORTED, reason);
  }

  /** Hands over what {@link #observe} found of a block's strategies, in their order. */
  public void finish(Block block, List<Observation> found, Consumer<Observation> sink) {
    Round round = new Round(block.workload().boot());
    for (int i = 0; i < found.size(); i++) {
      round.add(block.strategies().get(i), found.get(i));
    }
    round.finish(sink);
  }

  /** A strategy or a workload of which the profile has no costs is not guessed at. */
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
    return null;
  }

  /** One replay of a workload that is ready, without a boot time. */
  public Observation replay(Block block, Subject subject, Strategy strategy) {
    int count = block.workload().vms();
    int vcpus = block.workload().guest().vcpus();
    Clock.Virtual clock = new Clock.Virtual(count, vcpus);
    Recorder recorder = Recorder.virtual();
    Map<String, ModelLock> ofHost = new HashMap<>();
    List<ModelVm> vms = new ArrayList<>();
    for (int vm = 0; vm < count; vm++) {
      vms.add(ModelVm.open(costs, block, subject, strategy, clock, recorder, ofHost));
    }
    vms.forEach(vm -> vm.memory().restart());
    ModelVm first = vms.getFirst();
    Timeline timeline =
        new Timeline(
            first.charged(),
            first.memory().ledger(),
            first.map(),
            subject.footprint().conversions());
    if (count == 1) {
      new Replay(first.memory(), timeline, clock, recorder).run(subject.trace());
    } else {
      Fleet fleet = new Fleet(vms, vcpus, clock);
      new Replay(fleet, fleet, clock, recorder).run(fleet.play(subject.trace()));
    }
    return observation(
        block.cell(name(), strategy, costs.name()), subject, vms, recorder, timeline);
  }

  private static Observation observation(
      Cell cell, Subject subject, List<ModelVm> vms, Recorder recorder, Timeline timeline) {
    try {
      vms.forEach(vm -> subject.checkState(vm.map()));
    } catch (WrongAnswer e) {
      return Observation.without(cell, Status.FAILED, String.valueOf(e.getMessage()));
    }
    Map<String, String> metrics = new LinkedHashMap<>();
    recorder.report(metrics);
    metrics.putAll(
        vms.size() == 1
            ? vms.getFirst().report()
            : Fleet.sum(vms.stream().map(ModelVm::report).toList()));
    Round.reportMaps(metrics, vms.stream().map(ModelVm::map).toList());
    return new Observation(
        cell, 1, Status.OK, "", metrics, recorder.latencies(), timeline.points());
  }
}
