// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.Units;
import gmembench.chart.Charts;
import gmembench.chart.SweepChart;
import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.ResultFolder;
import gmembench.result.Results;
import gmembench.result.Samples;
import gmembench.run.Home;
import gmembench.run.Plan;
import gmembench.run.Progress;
import gmembench.run.Session;
import gmembench.run.Shard;
import gmembench.run.Suite;
import gmembench.run.SweepRun;
import gmembench.table.BootSweep;
import gmembench.table.BootTable;
import gmembench.table.CellTable;
import gmembench.table.OverheadRatio;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The main job: the boot table, on the model and live. */
@Command(
    name = "reproduce",
    description = "The boot table of June 2022, on the model and live; CSV and charts.")
public final class ReproduceCommand implements Callable<Integer> {
  /** The suite that this command runs, and its workload that has published times. */
  private static final String SUITE = "boot";

  private static final String WORKLOAD = "ovmf-boot";

  /** The boots of 2022 by fallocates and punches, as they converted; and the costs of these. */
  private static final List<String> AS_THEN =
      List.of("snp", "upm-2022", "upm-2022:shared-discard=false");

  private static final String COSTS_THEN = "upm-2022";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private OutOptions out = new OutOptions();

  @Option(
      names = "--sweep",
      description =
          "On the model only: the table over disk and initrd, cost of a discard, vCPUs, an ioctl's"
              + " share; when does lazy discard stop mattering?")
  private boolean sweep;

  @Option(names = "--reps", paramLabel = "N", description = "Live repetitions a cell; default 15.")
  private @Nullable Integer reps;

  @Mixin private QuietOption quiet = new QuietOption();

  @Override
  public Integer call() {
    if (reps != null) {
      InputException.requireAtLeast(1, reps, "--reps");
    }
    Home home = Home.here();
    if (sweep) {
      return sweep(home);
    }
    Suite suite = home.suite(SUITE);
    Plan model = plan(home, suite, "model", suite.workloads(), List.of());
    Plan live = plan(home, suite, "live", List.of(WORKLOAD), suite.backings());
    Path folder = out.folder(SUITE);
    Plan all = model.then(asThen(home)).then(live);
    Progress progress = quiet.progress(all);
    Results results =
        new Session(home, all, folder, "1", false, out.commandLine(), 1, progress).run();
    print(results.samples(), results.env(), spec.commandLine().getOut());
    Charts.of(results).forEach(chart -> chart.write(folder));
    spec.commandLine().getOut().println("results and charts: " + folder);
    return OutOptions.exitCode(results.samples(), Shard.WHOLE);
  }

  private static Plan asThen(Home home) {
    List<String> none = List.of();
    return Plan.of(
        home,
        List.of(WORKLOAD),
        new Plan.Selection(List.of("model"), AS_THEN, none, none, List.of(COSTS_THEN), 0, null));
  }

  private int sweep(Home home) {
    if (reps != null) {
      throw new InputException(
          "--reps", "with --sweep", "one of the two: a sweep has no live cells");
    }
    Path folder = out.folder("sweep");
    BootSweep sweep = new SweepRun(home, WORKLOAD).run();
    Map<String, String> facts = out.facts(home);
    try (ResultFolder results = ResultFolder.create(folder, "1")) {
      results.environment(facts);
      results.replace(BootSweep.FILE, sweep.csv());
    }
    SweepChart.of(sweep).forEach(chart -> chart.write(folder));
    spec.commandLine().getOut().print(sweep.text());
    spec.commandLine().getOut().println("results and charts: " + folder);
    return 0;
  }

  /** Without backings it is those of the cost profile. */
  private Plan plan(
      Home home, Suite suite, String engine, List<String> workloads, List<String> backings) {
    List<String> none = List.of();
    return Plan.of(
        home,
        workloads,
        new Plan.Selection(
            List.of(engine),
            suite.strategies(),
            none,
            backings,
            none,
            reps == null ? suite.reps() : reps,
            null));
  }

  private static void print(Samples samples, Environment env, PrintWriter out) {
    BootTable boot = BootTable.of(samples, env, WORKLOAD);
    if (boot != null) {
      out.println(boot.text());
    }
    List<BootTable> all =
        samples.cells().stream()
            .map(Cell::workload)
            .distinct()
            .map(w -> BootTable.of(samples, env, w))
            .filter(Objects::nonNull)
            .toList();
    out.println("Other boots with the same base and cost, all predicted (seconds):");
    out.println(BootTable.others(all));
    out.println(OverheadRatio.text(OverheadRatio.of(samples, WORKLOAD), published(env)));
    out.println(CellTable.of(samples.only(c -> c.isLive()), env.ticks()));
  }

  private static String published(Environment env) {
    Map<String, String> s = env.below("workload." + WORKLOAD + ".boot.published_s.");
    double snp = Double.parseDouble(s.getOrDefault("snp", "NaN"));
    double eager = Double.parseDouble(s.getOrDefault("eager-punch-hole", "NaN"));
    double half = Double.parseDouble(s.getOrDefault("no-shared-discard", "NaN"));
    return Units.decimal((eager - snp) / (half - snp), 2);
  }
}
