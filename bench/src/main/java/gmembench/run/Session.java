// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import module java.base;

import gmembench.NotComparableException;
import gmembench.engine.Engine;
import gmembench.engine.Faults;
import gmembench.engine.Subjects;
import gmembench.linux.ReferenceLoop;
import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.Fact;
import gmembench.result.Fact.Use;
import gmembench.result.HeatMap;
import gmembench.result.Host;
import gmembench.result.HostLoad;
import gmembench.result.HostSpeed;
import gmembench.result.PlannedCell;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.result.ResultFolder;
import gmembench.result.Results;
import gmembench.trace.Footprint;
import gmembench.workload.Workload;

/** Runs a plan into a results folder. */
public final class Session {
  private static final int HEAT_COLUMNS = 96;
  private static final int HEAT_ROWS = 48;

  private final Home home;
  private final Plan plan;
  private final Path out;
  private final String label;
  private final String commandLine;
  private final boolean resume;
  private final int jobs;
  private final Progress progress;
  private final Subjects subjects = new Subjects();
  private boolean reserveHugePages;
  private int passes = 1;

  /** Cells that have said why they give nothing, or no more; they say so once. */
  private final Set<Cell> ended = new HashSet<>();

  private Consumer<Plan.Step> before = step -> {};

  /**
   * A run yet to be done.
   *
   * @param label the run column, which tells runs apart that are put together
   * @param jobs how many replays of the model at a time
   */
  public Session(
      Home home,
      Plan plan,
      Path out,
      String label,
      boolean resume,
      String commandLine,
      int jobs,
      Progress progress) {
    this.home = home;
    this.plan = plan;
    this.out = out;
    this.label = label;
    this.resume = resume;
    this.commandLine = commandLine;
    this.jobs = jobs;
    this.progress = progress;
  }

  /** Shall the huge pages that the plan needs be reserved while it runs? */
  public Session reserving(boolean hugePages) {
    this.reserveHugePages = hugePages;
    return this;
  }

  /**
   * Through the plan so many times, each for one repetition of everything, and something to be done
   * before each step: what drifts hits all alike.
   */
  public Session inPasses(int count, Consumer<Plan.Step> each) {
    this.passes = count;
    this.before = each;
    return this;
  }

  /**
   * Runs everything and returns what was written. A signal waits for the row in hand, no longer.
   */
  public Results run() {
    readTraces(); // a bad one stops here, before anything is written
    HostLoad load = HostLoad.now();
    Map<String, String> facts = facts();
    facts.putAll(load.atStart());
    long speed = reference();
    boolean goesOn = resume && ResultFolder.isStarted(out);
    try (HugePages pages = reserveHugePages ? HugePages.reserve(plan, subjects) : HugePages.none();
        ResultFolder folder =
            goesOn
                ? ResultFolder.resume(out, label, () -> requireSame(facts))
                : ResultFolder.create(out, label, resume);
        progress;
        OnSignal _ = new OnSignal(folder, pages)) {
      Set<Done> done = done(folder.added());
      folder.plan(plan.allCells());
      folder.environment(facts);
      folder.replace(HeatMap.FILE, HeatMap.csv(heatMaps()));
      runPasses(folder, done);
      load.until(HostLoad.now()).forEach((key, value) -> putLarger(facts, key, value));
      HostSpeed.facts(speed, reference()).forEach((key, value) -> putLarger(facts, key, value));
      folder.environment(facts);
      return folder.finish();
    }
  }

  /** For a run that measures. */
  private long reference() {
    return plan.allCells().stream().anyMatch(c -> c.cell().isLive()) ? ReferenceLoop.ns() : 0;
  }

  private void readTraces() {
    plan.workloads().values().forEach(subjects::of);
  }

  private List<HeatMap> heatMaps() {
    return plan.workloads().values().stream()
        .map(w -> Heat.of(w.name(), subjects.of(w).trace(), HEAT_COLUMNS, HEAT_ROWS))
        .toList();
  }

  private void runPasses(ResultFolder folder, Set<Done> done) {
    Engine.Wanted wanted =
        (cell, rep) ->
            !ended.contains(cell)
                && !done.contains(new Done(cell, rep))
                && !done.contains(new Done(cell, 0));
    for (int pass = 1; pass <= passes; pass++) {
      List<Plan.Step> steps =
          pass == 1 ? plan.steps() : plan.steps().stream().map(Plan.Step::again).toList();
      run(steps, folder, ofPass(wanted, pass));
    }
  }

  private Engine.Wanted ofPass(Engine.Wanted wanted, int pass) {
    return passes == 1
        ? wanted
        : (cell, rep) -> (rep == pass || rep == 0) && wanted.test(cell, rep);
  }

  private void run(List<Plan.Step> steps, ResultFolder folder, Engine.Wanted wanted) {
    Consumer<Repetition> sink =
        o -> {
          if (wanted.test(o.cell(), o.rep())) {
            folder.add(o);
            if (o.rep() == 0) {
              ended.add(o.cell());
            }
            progress.done(o);
            stopOnFault(o);
          }
        };
    try (Jobs running = new Jobs(jobs, subjects, wanted, sink)) {
      for (Plan.Step step : steps) {
        before.accept(step);
        running.run(step);
      }
      running.finish();
    }
  }

  /** A signal closes the rows first: what still runs fails when its pages are taken away. */
  private static final class OnSignal implements AutoCloseable {
    private final Thread thread;

    OnSignal(ResultFolder folder, HugePages pages) {
      this.thread =
          new Thread(
              () -> {
                folder.close();
                pages.close();
              },
              "close-results");
      Runtime.getRuntime().addShutdownHook(thread);
    }

    @Override
    public void close() {
      try {
        Runtime.getRuntime().removeShutdownHook(thread);
      } catch (IllegalStateException e) {
        // it runs already
      }
    }
  }

  private void stopOnFault(Repetition o) {
    if (o.status() == Status.FAILED && plan.onFault() == Faults.Policy.STOP) {
      throw new NotComparableException(
          "stopped: " + o.cell().path() + ": " + o.reason() + "; what is finished is kept");
    }
  }

  /** A repetition that the folder holds already; 0 if the cell gave none, and why is said. */
  private record Done(Cell cell, int rep) {}

  private static Set<Done> done(List<Repetition> added) {
    return added.stream().map(e -> new Done(e.cell(), e.rep())).collect(Collectors.toSet());
  }

  /**
   * What is there must be of this host, this commit, these workloads and these costs, and in this
   * plan, which may have more: plan.csv and env.csv are written anew.
   */
  private void requireSame(Map<String, String> now) {
    Environment before = Environment.read(out);
    now.forEach((key, value) -> {
      boolean known = before.facts().containsKey(key);
      boolean matters =
          Fact.matters(key, Use.RESUMED) || (known && Fact.matters(key, Use.RESUMED_IF_KNOWN));
      if (matters && !before.get(key).equals(value)) {
        throw notResumed("its " + key + " is '" + before.get(key) + "', now it is '" + value + "'");
      }
    });
    String command = before.get(Fact.COMMAND.key());
    Map<Cell, PlannedCell> planned =
        plan.allCells().stream().collect(Collectors.toMap(PlannedCell::cell, c -> c));
    for (PlannedCell old : PlannedCell.read(out)) {
      PlannedCell same = planned.get(old.cell());
      if (same == null || same.shard() != old.shard() || same.reps() < old.reps()) {
        String cell = old.cell().path() + " with " + old.reps() + " repetitions";
        throw notResumed("this command has no " + cell + "; it was '" + command + "'");
      }
    }
    if (PlannedCell.read(out).equals(plan.allCells())) {
      now.put(Fact.COMMAND.key(), command);
    } else if (!command.equals(commandLine)) {
      now.put(Fact.COMMAND.key(), command + " && " + commandLine);
    }
    before.facts().forEach((key, value) -> putLarger(now, key, value));
  }

  private NotComparableException notResumed(String why) {
    return new NotComparableException(out + ": cannot be resumed, " + why);
  }

  /** What counts by its worst: a run in several parts was as disturbed as the worst of them. */
  private static void putLarger(Map<String, String> facts, String key, String value) {
    if (Fact.matters(key, Use.LARGEST)) {
      facts.merge(key, value, (a, b) -> Environment.ofBoth(key, a, b));
    }
  }

  /** env.csv: the host, and what the results are of. */
  private Map<String, String> facts() {
    Map<String, String> facts = Host.facts(home.folder());
    facts.put(Fact.COMMAND.key(), commandLine);
    facts.put(Fact.SHARD.key(), plan.shard().toString());
    plan.workloads().values().forEach(w -> describe(w, facts));
    plan.steps().forEach(s -> facts.putAll(s.engine().facts()));
    return facts;
  }

  private void describe(Workload workload, Map<String, String> facts) {
    String key = "workload." + workload.name() + ".";
    facts.put(key + "hash", workload.hash());
    facts.put(key + "guest_bytes", Long.toString(workload.guest().memoryBytes()));
    Footprint footprint = subjects.of(workload).footprint();
    facts.put(key + "to_shared", Long.toString(footprint.toShared()));
    facts.put(key + "to_private", Long.toString(footprint.toPrivate()));
    facts.put(key + "pages_to_shared", Long.toString(footprint.pagesToShared()));
    facts.put(key + "pages_to_private", Long.toString(footprint.pagesToPrivate()));
    facts.put(key + "distinct_pages", Long.toString(footprint.touched().size()));
    facts.put(key + "vcpus", Integer.toString(workload.guest().vcpus()));
    facts.put(key + "vms", Integer.toString(workload.vms()));
    Workload.Boot boot = workload.boot();
    if (boot != null) {
      facts.put(key + "boot.base_s", seconds(boot.baseNs()));
      facts.put(key + "boot.source", boot.source());
      boot.publishedNs().forEach((s, ns) -> facts.put(key + "boot.published_s." + s, seconds(ns)));
    }
  }

  private static String seconds(long ns) {
    return BigDecimal.valueOf(ns, 9).stripTrailingZeros().toPlainString();
  }
}
