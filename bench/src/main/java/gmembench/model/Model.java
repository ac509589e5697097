// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.engine.Clock;
import gmembench.engine.Engine;
import gmembench.engine.Recorder;
import gmembench.engine.Replay;
import gmembench.engine.Round;
import gmembench.engine.Subject;
import gmembench.engine.Timeline;
import gmembench.engine.WrongAnswer;
import gmembench.guest.Side;
import gmembench.linux.LinuxException;
import gmembench.live.Live;
import gmembench.result.Cell;
import gmembench.result.Observation;
import gmembench.result.Observation.Status;
import gmembench.strategy.Strategy;
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
 *
 * @param threads host threads that the vCPUs are dealt out to, as {@link Live} does; 0 if each is
 *     one
 */
public record Model(Costs costs, int threads) implements Engine {
  /** Every vCPU is a thread of its own, with a CPU to run on. */
  public Model(Costs costs) {
    this(costs, 0);
  }

  @Override
  public String name() {
    return threads == 0 ? "model" : "model:threads=" + threads;
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
    if (block.backing().filePerVm() && block.workload().guest().files().isEmpty()) {
      return "the workload has one VM only: no [[vm]]";
    }
    long folio = 1L << block.backing().folioOrder();
    if (block.backing().isHugetlb() && block.workload().guest().pages() % folio != 0) {
      return "the guest is no multiple of the pages of " + block.backing().name();
    }
    return null;
  }

  /** One replay of a workload that is ready, without a boot time. */
  public Observation replay(Block block, Subject subject, Strategy strategy) {
    int count = block.workload().vms();
    int vcpus = block.workload().guest().vcpus();
    Clock.Virtual clock =
        new Clock.Virtual(count, vcpus, costs.cpusFor(threads == 0 ? vcpus : threads));
    Recorder recorder = Recorder.virtual();
    Map<String, ModelLock> ofHost = new HashMap<>();
    List<ModelVm> vms = new ArrayList<>();
    for (int vm = 0; vm < count; vm++) {
      vms.add(ModelVm.open(costs, block, subject, strategy, clock, recorder, ofHost));
    }
    ofHost.values().forEach(ModelLock::restart);
    Cell cell = block.cell(name(), strategy, costs.name());
    return count == 1
        ? one(cell, subject, vms.getFirst(), clock, recorder)
        : fleet(cell, subject, vms, new Fleet(vms, vcpus, clock), clock, recorder);
  }

  private static Observation one(
      Cell cell, Subject subject, ModelVm vm, Clock clock, Recorder recorder) {
    ModelMemory memory = vm.memory();
    Timeline timeline =
        new Timeline(
            vm.charged(),
            memory.ledger(),
            memory.folios(),
            vm.map(),
            subject.footprint().conversions());
    Replay replay = new Replay(vm.seen(), timeline, clock, recorder);
    try {
      replay.run(subject.trace());
      subject.checkState(vm.map(), replay.refused());
    } catch (WrongAnswer | LinuxException e) {
      return Observation.without(cell, Status.FAILED, String.valueOf(e.getMessage()));
    }
    Map<String, String> metrics = new LinkedHashMap<>();
    recorder.report(metrics);
    metrics.putAll(vm.report(timeline));
    Round.reportMap(metrics, vm.map());
    return new Observation(
        cell, 1, Status.OK, "", metrics, recorder.latencies(), timeline.points());
  }

  private static Observation fleet(
      Cell cell, Subject subject, List<ModelVm> vms, Fleet fleet, Clock clock, Recorder recorder) {
    Replay replay = new Replay(fleet, fleet, clock, recorder);
    try {
      replay.run(fleet.play(subject.trace()));
      for (int vm = 0; vm < vms.size(); vm++) {
        subject.checkState(vms.get(vm).map(), fleet.refused(vm, replay.refused()));
      }
    } catch (WrongAnswer | LinuxException e) {
      return Observation.without(cell, Status.FAILED, String.valueOf(e.getMessage()));
    }
    Map<String, String> metrics = new LinkedHashMap<>();
    recorder.report(metrics);
    metrics.putAll(Fleet.sum(vms.stream().map(vm -> vm.report(null)).toList()));
    Round.reportMaps(metrics, vms.stream().map(ModelVm::map).toList());
    return new Observation(cell, 1, Status.OK, "", metrics, recorder.latencies(), List.of());
  }
}
