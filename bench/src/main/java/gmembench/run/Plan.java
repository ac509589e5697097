// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import module java.base;

import gmembench.InputException;
import gmembench.Plugin;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.engine.Block;
import gmembench.engine.Engine;
import gmembench.engine.Faults;
import gmembench.live.Live;
import gmembench.model.Costs;
import gmembench.model.Model;
import gmembench.result.Cell;
import gmembench.result.PlannedCell;
import gmembench.strategy.Strategy;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;
import org.jspecify.annotations.Nullable;

/**
 * Every cell that a selection means, block by block in the order in which they are run.
 *
 * @param whole the blocks of all shards
 * @param shard which of them are this run's
 */
public record Plan(List<Step> whole, Shard shard) {
  /** A block on an engine. */
  public record Step(Engine engine, Block block) {
    public List<PlannedCell> cells(int shard) {
      return engine.cells(block).stream()
          .map(c -> new PlannedCell(shard, c, engine.reps()))
          .toList();
    }

    /** The same once it was run before. */
    Step again() {
      return new Step(engine.again(), block);
    }

    /** What is compared with each other: the same but for the strategies and the repetitions. */
    private Cell comparison() {
      return engine.cells(block).get(0).block();
    }

    /** One block instead of two that would give the same cells twice. */
    private Step with(Step other) {
      Set<Strategy> strategies = new LinkedHashSet<>(block.strategies());
      strategies.addAll(other.block.strategies());
      Engine more = other.engine.reps() > engine.reps() ? other.engine : engine;
      return new Step(more, block.with(List.copyOf(strategies)));
    }
  }

  /** What the user chose; an empty list means the suite's choice, or the default. */
  public record Selection(
      List<String> engines,
      List<String> strategies,
      List<String> trackers,
      List<String> backings,
      List<String> costs,
      long reps,
      @Nullable Long seed) {}

  private static final long DEFAULT_REPS = 11;

  /** Resolves all names before anything is run, so that a typing error costs nothing. */
  public static Plan of(Home home, List<String> targets, Selection chosen) {
    List<Step> steps = new ArrayList<>();
    for (String target : targets) {
      if (home.isSuite(target)) {
        Suite suite = home.suite(target);
        Selection selection = merge(suite, chosen);
        suite.workloads().forEach(w -> steps.addAll(new Maker(home, selection).steps(w)));
      } else {
        steps.addAll(new Maker(home, chosen).steps(target));
      }
    }
    return new Plan(distinct(steps), Shard.WHOLE);
  }

  /** Targets that share a workload share its blocks. */
  private static List<Step> distinct(List<Step> steps) {
    Map<Cell, Step> blocks = new LinkedHashMap<>();
    steps.forEach(s -> blocks.merge(s.comparison(), s, Step::with));
    return List.copyOf(blocks.values());
  }

  /** The same with something that goes wrong in every cell. */
  public Plan with(Faults faults) {
    return new Plan(
        whole.stream().map(s -> new Step(s.engine(), s.block().with(faults))).toList(), shard);
  }

  /** What a failed verb does. */
  Faults.Policy onFault() {
    return whole.isEmpty() ? Faults.Policy.FAIL : whole.get(0).block().faults().policy();
  }

  /** The part of this plan that one of several runs does. */
  public Plan shard(Shard part) {
    return new Plan(whole, part);
  }

  /** The blocks of this shard. */
  public List<Step> steps() {
    int[] shards = shards();
    return IntStream.range(0, whole.size())
        .filter(i -> shards[i] == shard.number())
        .mapToObj(whole::get)
        .toList();
  }

  /** The cells of this shard. */
  public List<PlannedCell> cells() {
    return allCells().stream().filter(c -> c.shard() == shard.number()).toList();
  }

  /** The cells of all shards. */
  List<PlannedCell> allCells() {
    int[] shards = shards();
    return IntStream.range(0, whole.size())
        .boxed()
        .flatMap(i -> whole.get(i).cells(shards[i]).stream())
        .toList();
  }

  /** The shard of every block: live ones take longest and are dealt out first. */
  private int[] shards() {
    int[] shards = new int[whole.size()];
    int dealt = 0;
    for (boolean timed : new boolean[] {true, false}) {
      for (int i = 0; i < shards.length; i++) {
        if (whole.get(i).engine().isTimed() == timed) {
          shards[i] = Shard.dealt(dealt++, shard.of());
        }
      }
    }
    return shards;
  }

  /** This plan's steps and then another's. */
  public Plan then(Plan other) {
    List<Step> both = new ArrayList<>(whole);
    both.addAll(other.whole());
    return new Plan(distinct(both), shard);
  }

  private static Selection merge(Suite suite, Selection chosen) {
    return new Selection(
        or(chosen.engines(), suite.engines()),
        or(chosen.strategies(), suite.strategies()),
        or(chosen.trackers(), suite.trackers()),
        or(chosen.backings(), suite.backings()),
        or(chosen.costs(), suite.costs()),
        chosen.reps() > 0 ? chosen.reps() : suite.reps(),
        chosen.seed());
  }

  private static List<String> or(List<String> first, List<String> second) {
    return first.isEmpty() ? second : first;
  }

  /** The workloads, each once. */
  Map<String, Workload> workloads() {
    Map<String, Workload> all = new LinkedHashMap<>();
    steps().forEach(s -> all.put(s.block().workload().name(), s.block().workload()));
    return all;
  }

  /** What was chosen for workloads that do not say it themselves, a line each. */
  public List<String> remarks() {
    return workloads().values().stream()
        .filter(w -> w.source() instanceof Workload.Bare)
        .map(w -> w.name() + ": " + w.why())
        .toList();
  }

  /** Makes the steps of one workload. */
  private record Maker(Home home, Selection selection) {
    private static final Pattern ENGINE =
        Pattern.compile("(?:live|model)(?::threads=([1-9][0-9]?))?");

    List<Step> steps(String workloadName) {
      Workload workload = home.workload(workloadName);
      if (selection.seed() != null) {
        workload = workload.withSeed(selection.seed());
      }
      List<Step> steps = new ArrayList<>();
      for (String engine : or(selection.engines(), List.of("model", "live"))) {
        int threads = threads(engine);
        boolean model = engine.startsWith("model");
        steps.addAll(model ? model(workload, threads) : live(workload, Math.max(1, threads)));
      }
      return steps;
    }

    private List<Step> model(Workload workload, int threads) {
      List<Step> steps = new ArrayList<>();
      for (String name : or(selection.costs(), List.of(defaultCosts(workload)))) {
        Costs costs = home.costs(name);
        for (String backing : or(selection.backings(), costs.backings())) {
          Model model = new Model(costs, threads);
          blocks(workload, backing).forEach(block -> steps.add(new Step(model, block)));
        }
      }
      return steps;
    }

    /** The fit to the boots of 2022 is for boots; nothing else was published to fit it to. */
    private static String defaultCosts(Workload workload) {
      return workload.boot() == null ? "epyc-6.18-2cpu" : "snp-upm-2022";
    }

    /** The number in {@code live:threads=4} or {@code model:threads=4}; 0 if there is none. */
    private static int threads(String engine) {
      Matcher m = ENGINE.matcher(engine);
      if (!m.matches()) {
        throw new InputException(
            "--engine",
            "'" + engine + "'",
            "live or model, or :threads=N after it, N from 1 to 99");
      }
      return m.group(1) == null ? 0 : Integer.parseInt(m.group(1));
    }

    private List<Step> live(Workload workload, int threads) {
      long reps = selection.reps() > 0 ? selection.reps() : DEFAULT_REPS;
      Live live = new Live((int) reps, Live.DEFAULT_WARMUP, threads);
      List<Step> steps = new ArrayList<>();
      for (String backing : or(selection.backings(), List.of("memfd"))) {
        blocks(workload, backing).forEach(block -> steps.add(new Step(live, block)));
      }
      return steps;
    }

    private List<Block> blocks(Workload workload, String backing) {
      return or(selection.trackers(), List.of("bitmap")).stream()
          .map(tracker ->
              new Block(
                  workload,
                  Backing.parse(backing),
                  Plugins.parse(Tracker.class, tracker),
                  strategies()))
          .toList();
    }

    private List<Strategy> strategies() {
      List<Strategy> strategies = new ArrayList<>();
      for (String name : or(selection.strategies(), names(Strategy.class))) {
        strategies.add(Strategy.parse(name));
      }
      return strategies;
    }

    private static <P extends Plugin> List<String> names(Class<P> kind) {
      return Plugins.all(kind).stream().map(Plugin::name).toList();
    }
  }
}
