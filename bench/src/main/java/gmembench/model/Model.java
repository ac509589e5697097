// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import module java.base;

import gmembench.backing.Support;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.engine.Clock;
import gmembench.engine.Engine;
import gmembench.engine.Needs;
import gmembench.engine.Oracle;
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
import gmembench.result.Metrics;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.strategy.Strategy;
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

  @Override
  public int reps() {
    return 1;
  }

  @Override
  public boolean isTimed() {
    return false;
  }

  @Override
  public Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    String key = "costs." + costs.name() + ".";
    facts.put(key + "why", costs.why());
    if (costs.referenceNs() > 0) {
      facts.put(key + "reference_ns", Long.toString(costs.referenceNs()));
    }
    Costs.Fit fit = costs.fit();
    if (fit != null) {
      facts.put(key + "fit.parameters", String.join(" ", fit.parameters()));
      facts.put(key + "fit.data", Long.toString(fit.data()));
      facts.put(key + "fit.source", fit.source());
      fit.parameters().forEach(p -> facts.put(key + p, Long.toString(costs.value(p))));
    }
    return facts;
  }

  @Override
  public List<Cell> cells(Block block) {
    return block.strategies().stream().map(s -> block.cell(name(), s, costs.name())).toList();
  }

  @Override
  public void run(Block block, Supplier<Subject> ready, Wanted wanted, Consumer<Repetition> sink) {
    if (isWanted(block, wanted)) {
      Subject subject = ready.get();
      finish(
          block, block.strategies().stream().map(s -> observe(block, subject, s)).toList(), sink);
    }
  }

  /** Strategies replay at the same time; boot times need all of them. */
  @Override
  public Runnable start(
      Block block,
      Supplier<Subject> ready,
      Wanted wanted,
      Executor threads,
      Consumer<Repetition> sink) {
    if (!isWanted(block, wanted)) {
      return () -> {};
    }
    List<FutureTask<Repetition>> replays =
        block.strategies().stream()
            .map(s -> new FutureTask<>(() -> observe(block, ready.get(), s)))
            .toList();
    replays.forEach(threads::execute);
    return () -> finish(block, replays.stream().map(Model::get).toList(), sink);
  }

  private static Repetition get(FutureTask<Repetition> replay) {
    try {
      return replay.get();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted by nobody", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      } else if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e);
    }
  }

  /** Is anything of a block to be run? Strategies are compared with each other, so all are then. */
  private boolean isWanted(Block block, Wanted wanted) {
    return cells(block).stream().anyMatch(cell -> wanted.test(cell, 1));
  }

  /** One strategy of a block, without a boot time. */
  public Repetition observe(Block block, Subject subject, Strategy strategy) {
    Cell cell = block.cell(name(), strategy, costs.name());
    String reason = whyNot(block, subject, strategy);
    if (reason != null) {
      return Repetition.without(cell, Status.UNSUPPORTED, reason);
    }
    try {
      return replay(block, subject, strategy, true);
    } catch (OutOfMemoryError e) {
      String more = Needs.moreHeap(block, subject.footprint());
      return Repetition.without(cell, Status.FAILED, more);
    } catch (ArithmeticException e) {
      return Repetition.without(
          cell, Status.FAILED, "a sum is above 2^63: " + costs.name() + " costs too much for this");
    }
  }

  private static void finish(Block block, List<Repetition> found, Consumer<Repetition> sink) {
    Round round = new Round(block.workload().boot());
    for (int i = 0; i < found.size(); i++) {
      round.add(block.strategies().get(i), found.get(i));
    }
    round.finish(sink);
  }

  /** A strategy of which the profile has no costs is not guessed at. */
  @Override
  public @Nullable String whyNot(Block block, Strategy strategy) {
    String reason = Needs.whyNot(Needs.of(strategy), offered(block));
    reason = reason == null ? Needs.whyNot(block, strategy) : reason;
    return reason == null
            && block.backing().filePerVm()
            && block.workload().guest().files().isEmpty()
        ? "the workload has one VM only: no [[vm]]"
        : reason;
  }

  /** Nor is what pins cost, nor what a pool of huge pages does with a rest of one. */
  private @Nullable String whyNot(Block block, Subject subject, Strategy strategy) {
    String reason = whyNot(block, strategy);
    if (reason == null) {
      reason = Needs.whyNot(Needs.of(subject.footprint()), offered(block));
    }
    if (reason != null) {
      return reason;
    }
    long folio = 1L << block.backing().folioOrder();
    return block.backing().isHugetlb() && block.workload().guest().filePages() % folio != 0
        ? "the guest is no multiple of the pages of " + block.backing().name()
        : null;
  }

  /** A profile without touches of a backing knows nothing of it: one reason for all verbs. */
  private Function<Verb, Support> offered(Block block) {
    return verb ->
        Stream.of(Side.values())
            .map(side -> offered(block.backing().of(side).name(), verb))
            .filter(support -> support instanceof Support.No)
            .findFirst()
            .orElse(Support.YES);
  }

  private Support offered(String backing, Verb verb) {
    Verb missing = costs.has(backing, Verb.TOUCH) ? verb : Verb.TOUCH;
    return costs.has(backing, missing)
        ? Support.YES
        : new Support.No(costs.name() + " has no cost of " + backing + "." + missing.text());
  }

  /** One replay of a workload that is ready, without a boot time and without the oracle. */
  public Repetition replay(Block block, Subject subject, Strategy strategy) {
    return replay(block, subject, strategy, false);
  }

  private Repetition replay(Block block, Subject subject, Strategy strategy, boolean judged) {
    int count = block.workload().vms();
    int vcpus = block.workload().guest().vcpus();
    Clock.Virtual clock =
        new Clock.Virtual(count, vcpus, costs.cpusFor(threads == 0 ? vcpus : threads));
    Recorder recorder = Recorder.virtual();
    Map<String, ModelLock> ofHost = new HashMap<>();
    List<ModelVm> vms = new ArrayList<>();
    for (int vm = 0; vm < count; vm++) {
      Oracle oracle = judged ? new Oracle(block, subject, strategy) : null;
      vms.add(ModelVm.open(costs, block, subject, strategy, clock, recorder, ofHost, oracle));
    }
    ofHost.values().forEach(ModelLock::restart);
    Cell cell = block.cell(name(), strategy, costs.name());
    return count == 1
        ? one(cell, subject, vms.getFirst(), clock, recorder)
        : fleet(cell, subject, vms, new Fleet(vms, vcpus, clock), clock, recorder);
  }

  private static Repetition one(
      Cell cell, Subject subject, ModelVm vm, Clock clock, Recorder recorder) {
    ModelMemory memory = vm.memory();
    Timeline timeline =
        new Timeline(
            vm.charged(),
            memory.ledger(),
            memory.inFile.folios(),
            vm.map(),
            subject.footprint().conversions());
    Replay replay = new Replay(vm.seen(), timeline, clock, recorder);
    try {
      replay.run(subject.trace());
      subject.checkState(vm.map(), replay.refused());
    } catch (WrongAnswer | LinuxException e) {
      return Repetition.without(cell, Status.FAILED, String.valueOf(e.getMessage()));
    }
    Metrics metrics = new Metrics();
    recorder.report(metrics);
    metrics.putAll(vm.report(timeline));
    Round.reportMap(metrics, vm.map());
    return Repetition.of(cell, 1, metrics, recorder.latencies(), timeline.points());
  }

  private static Repetition fleet(
      Cell cell, Subject subject, List<ModelVm> vms, Fleet fleet, Clock clock, Recorder recorder) {
    Replay replay = new Replay(fleet, fleet, clock, recorder);
    try {
      replay.run(fleet.play(subject.trace()));
      for (int vm = 0; vm < vms.size(); vm++) {
        subject.checkState(vms.get(vm).map(), fleet.refused(vm, replay.refused()));
      }
    } catch (WrongAnswer | LinuxException e) {
      return Repetition.without(cell, Status.FAILED, String.valueOf(e.getMessage()));
    }
    Metrics metrics = new Metrics();
    recorder.report(metrics);
    metrics.putAll(Metrics.over(vms.stream().map(vm -> vm.report(null)).toList()));
    Round.reportMaps(metrics, vms.stream().map(ModelVm::map).toList());
    return Repetition.of(cell, 1, metrics, recorder.latencies(), List.of());
  }
}
