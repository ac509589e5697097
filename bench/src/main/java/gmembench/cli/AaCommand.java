// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.NotComparableException;
import gmembench.OutputFile;
import gmembench.compare.AaTrials;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Environment;
import gmembench.result.HostLoad;
import gmembench.result.Interval;
import gmembench.result.ResultFolder;
import gmembench.result.Samples;
import gmembench.run.Home;
import gmembench.run.Progress;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What this host can tell apart. */
@Command(
    name = "aa",
    description = {
      "Compares this build with itself: how often is a difference found where there is none, and"
          + " how small a change could be seen?",
      "",
      "As compare-pr does, every run is a fresh JVM. Keep the aa.csv and env.csv it writes in"
          + " results/aa/HOST/: for results of this CPU, kernel, command line and memory, compare"
          + " then makes no claim of a live change that is smaller."
    })
public final class AaCommand implements Callable<Integer> {
  private static final int REPS_IN_A_RUN = 3;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..1", paramLabel = "WORKLOAD", description = "Default ovmf-boot.")
  private String workload = "ovmf-boot";

  @Option(
      names = "--reps",
      paramLabel = "N",
      description = "Pairs in a comparison, of two runs each; default 10.")
  private int pairs = 10;

  @Option(
      names = "--runs",
      paramLabel = "N",
      description = "Runs in all; default six times the pairs.")
  private @Nullable Integer runs;

  @Option(names = "--strategy", paramLabel = "S", description = "A comma list; all by default.")
  private @Nullable String strategies;

  @Option(names = "--backing", paramLabel = "B", description = "A comma list; default memfd.")
  private String backings = "memfd";

  @Mixin private OutOptions out = new OutOptions();

  @Mixin private QuietOption quiet = new QuietOption();

  @Override
  public Integer call() throws IOException, InterruptedException {
    int all = runs != null ? runs : 6 * pairs;
    if (pairs < AaTrials.FEWEST_PAIRS || all < 2 * pairs) {
      throw new InputException(
          pairs < AaTrials.FEWEST_PAIRS ? "--reps" : "--runs",
          "too few to tell anything",
          "--reps of " + AaTrials.FEWEST_PAIRS + " or more, and --runs of twice that");
    }
    Home.here().workload(workload);
    Path folder = out.folder("aa");
    if (Files.exists(folder)) {
      throw new InputException(folder.toString(), "exists", "a new folder");
    }
    HostLoad load = HostLoad.now();
    Map<String, String> facts = out.facts(Home.here());
    Map<Cell, List<Double>> series = new LinkedHashMap<>();
    try (Progress progress = quiet.progress(all)) {
      for (int i = 1; i <= all; i++) {
        Path part = folder.resolve("run-" + i);
        run(part, i);
        add(series, Samples.read(part));
        progress.done();
      }
    }
    facts.putAll(load.until(HostLoad.now()));
    return report(folder, series, facts);
  }

  private int report(Path folder, Map<Cell, List<Double>> series, Map<String, String> facts) {
    Map<Cell, double[]> arrays = new LinkedHashMap<>();
    series.forEach((cell, times) -> arrays.put(cell, times.stream().mapToDouble(t -> t).toArray()));
    List<AaTrials> trials = AaTrials.of(arrays, pairs);
    if (trials.isEmpty()) {
      throw new NotComparableException(folder + ": no cell ran, see list and doctor");
    }
    OutputFile.writeIn(folder, "env.csv", ResultFolder.environmentCsv(facts));
    OutputFile.writeIn(folder, "aa-runs.csv", AaTrials.runsCsv(arrays));
    Path file = OutputFile.writeIn(folder, "aa.csv", AaTrials.csv(trials));
    PrintWriter print = spec.commandLine().getOut();
    print.println(AaTrials.text(trials));
    HostLoad.warnings(new Environment(facts)).forEach(out::remark);
    print.println("written: " + file);
    return 0;
  }

  private static void add(Map<Cell, List<Double>> series, Samples samples) {
    for (Cell cell : samples.cells()) {
      double[] totals = samples.values(cell, Declared.TOTAL_NS);
      if (totals.length > 0) {
        series
            .computeIfAbsent(cell, c -> new ArrayList<>())
            .add(Interval.ofMedian(totals).median());
      }
    }
  }

  /** A run in a JVM like this one. */
  private void run(Path part, int number) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-Dgmembench.home=" + Home.here().folder().toAbsolutePath());
    command.add(
        "--enable-native-access=ALL-UNNAMED"); // a jar's manifest says so, a class path cannot
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("run", workload, "--engine", "live", "--backing", backings));
    command.addAll(List.of("--reps", Integer.toString(REPS_IN_A_RUN), "--quiet"));
    command.addAll(List.of("--run", "aa-" + number, "--out", part.toString()));
    if (strategies != null) {
      command.addAll(List.of("--strategy", strategies));
    }
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Thread onSignal = new Thread(process::destroy, "end-run");
    Runtime.getRuntime().addShutdownHook(onSignal);
    int code = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(onSignal);
    if (code != 0 && code != 3) {
      throw new NotComparableException("run " + number + " ended with exit code " + code);
    }
  }
}
