// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.NotComparableException;
import gmembench.Plugins;
import gmembench.Ticks;
import gmembench.chart.ForestChart;
import gmembench.compare.Across;
import gmembench.compare.Comparison;
import gmembench.compare.ComparisonFormat;
import gmembench.compare.DetectableChange;
import gmembench.result.Environment;
import gmembench.result.HostLoad;
import gmembench.result.Results;
import gmembench.run.Home;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A verdict for every cell. */
@Command(
    name = "compare",
    description = {
      "Compares two results, each a folder that run wrote, or a folder of such folders: better,"
          + " worse, equivalent or inconclusive.",
      "",
      "Model results are exact: any difference is real. Live runs labelled pair-N are tested in"
          + " pairs (Wilcoxon; of counted instructions Student's t, of three pairs or more), and a"
          + " change of times counts above the floor that aa found on this host. Others (Mann and"
          + " Whitney) give at most 'differs, unpaired'.",
      "",
      "Exit code 1 on a regression, which no unpaired live run is; else 3 if HEAD lost a cell that"
          + " ran in BASE, unless --force."
    })
public final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "BASE", description = "Results before.")
  private Path base = Path.of(".");

  @Parameters(index = "1", paramLabel = "HEAD", description = "Results after.")
  private Path head = Path.of(".");

  @Option(names = "--format", paramLabel = "F", description = "text by default; see list formats.")
  private String format = "text";

  @Option(
      names = "--threshold",
      paramLabel = "P%",
      description =
          "Measured changes up to this do not matter; default 5%%, of counted instructions 1%%.")
  private @Nullable String threshold;

  @Option(
      names = "--metric",
      split = ",",
      paramLabel = "M",
      description = "Instead of total_ns, the model's boot_s, memory peaks and counts.")
  private List<String> metrics = List.of();

  @Option(
      names = "--aa",
      paramLabel = "FILE",
      description =
          "The floor of live changes, as aa wrote it; by default the one in results/*/* whose"
              + " env.csv has this CPU, kernel, command line and memory. Without one, or on a host"
              + " that is busier than it was then, changes count from twice or half; counted"
              + " instructions from nothing.")
  private @Nullable Path aa;

  @Option(
      names = "--plot",
      paramLabel = "DIR",
      description = "Draw the ratios into DIR/charts/comparison.svg and .png.")
  private @Nullable Path plot;

  @Option(
      names = "--across",
      paramLabel = "FACT",
      description =
          "kernel, host or cmdline: the one thing that is meant to differ; all else must be the"
              + " same.")
  private @Nullable String across;

  @Option(
      names = "--force",
      description = "Compare other hosts, kernels, traces, half a run or fewer cells all the same.")
  private boolean force;

  @Override
  public Integer call() {
    // a mistyped option is reported before anything is read
    ComparisonFormat chosen = Plugins.make(ComparisonFormat.class, format, Map.of(), "--format");
    OptionalDouble limit =
        threshold == null ? OptionalDouble.empty() : OptionalDouble.of(fraction(threshold));
    Across fact = across == null ? Across.NOTHING : Across.named(across);
    CompletableFuture<Results> reading = CompletableFuture.supplyAsync(() -> Results.read(base));
    Results after = Results.read(head);
    Results before = join(reading);
    Comparison comparison =
        Comparison.of(
            before,
            after,
            new Comparison.Options(
                limit.orElse(before.env().ticks() == Ticks.TIME ? 0.05 : 0.01),
                new LinkedHashSet<>(metrics),
                force,
                floor(before.env(), after.env()),
                fact));
    if (plot != null) {
      ForestChart.of(comparison).write(plot);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(chosen.text(comparison));
    return comparison.anyRegression() ? 1 : comparison.isAnyLost() && !force ? 3 : 0;
  }

  private static Results join(CompletableFuture<Results> reading) {
    try {
      return reading.join();
    } catch (java.util.concurrent.CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** {@code 5%}, {@code 0.5 %} or a fraction such as {@code 0.05}. */
  static double fraction(String text) {
    String digits = text.strip();
    boolean percent = digits.endsWith("%");
    try {
      double value =
          Double.parseDouble(percent ? digits.substring(0, digits.length() - 1).strip() : digits);
      double fraction = percent ? value / 100 : value;
      if (fraction >= 0 && fraction < 1) {
        return fraction;
      }
    } catch (NumberFormatException e) {
      // said below, with what is out of range
    }
    throw new InputException("--threshold", "'" + text + "'", "a percentage such as 5%");
  }

  /** What this host can tell, or both of two hosts, as busy as they were. */
  private DetectableChange floor(Environment before, Environment after) {
    return floor(after).and(floor(before));
  }

  private DetectableChange floor(Environment side) {
    Path results = Home.here().folder().resolve("results");
    Path file = aa == null ? DetectableChange.find(results, side).orElse(null) : aa;
    if (file == null) {
      return side.ticks() == Ticks.TIME ? DetectableChange.UNKNOWN : DetectableChange.NONE;
    }
    DetectableChange floor = DetectableChange.read(file);
    String other = DetectableChange.otherHost(file, side);
    if (!other.isEmpty() && !force) {
      throw new NotComparableException(
          file + ": is of another host, " + other + " (--force takes it anyway)");
    }
    boolean isBusier = HostLoad.isBusier(side, Environment.read(file.resolveSibling("")));
    return isBusier ? floor.whileBusy() : floor;
  }
}
