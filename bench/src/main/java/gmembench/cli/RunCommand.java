// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import gmembench.InputException;
import gmembench.result.CellTable;
import gmembench.result.Observation.Status;
import gmembench.result.Samples;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs every cell of a product. */
@Command(
    name = "run",
    description = "Runs every cell of workloads x engines x strategies x trackers x backings.")
public final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "WORKLOAD|SUITE", arity = "1..*", description = "Names, or .toml files.")
  private List<String> targets = List.of();

  @Option(names = "--engine", split = ",", paramLabel = "E", description = "live, model; both.")
  private List<String> engines = List.of();

  @Option(names = "--strategy", split = ",", paramLabel = "S", description = "All by default.")
  private List<String> strategies = List.of();

  @Option(names = "--tracker", split = ",", paramLabel = "T", description = "bitmap by default.")
  private List<String> trackers = List.of();

  @Option(
      names = "--backing",
      split = ",",
      paramLabel = "B",
      description = "Live: memfd by default. Model: those of the cost profile.")
  private List<String> backings = List.of();

  @Option(
      names = "--costs",
      split = ",",
      paramLabel = "C",
      description = "Cost profiles for the model; snp-upm-2022 by default.")
  private List<String> costs = List.of();

  @Option(names = "--reps", paramLabel = "N", description = "Live repetitions a cell; default 11.")
  private @Nullable Integer reps;

  @Option(names = "--seed", paramLabel = "N", description = "For generated workloads.")
  private @Nullable Long seed;

  @Option(names = "--out", paramLabel = "DIR", description = "A new folder; default out/NAME-TIME.")
  private @Nullable Path out;

  @Option(names = "--resume", description = "Goes on in --out DIR where a killed run stopped.")
  private boolean resume;

  @Option(
      names = "--run",
      paramLabel = "LABEL",
      description = "The run column; compare takes runs labelled pair-N as pairs. Default 1.")
  private String label = "1";

  @Option(
      names = "--reserve-hugepages",
      description = "Adds what the plan needs to the host's hugetlb pools; given back at the end.")
  private boolean reserveHugepages;

  @Option(
      names = {"-q", "--quiet"},
      description = "No progress.")
  private boolean quiet;

  @Override
  public Integer call() {
    if (reps != null && reps < 1) {
      throw new InputException("--reps", "'" + reps + "'", "1 or more");
    }
    if (resume && out == null) {
      throw new InputException("--resume", "no folder", "--out DIR of the run that was killed");
    }
    Home home = Home.here();
    Plan plan =
        Plan.of(
            home,
            targets,
            new Plan.Selection(
                engines, strategies, trackers, backings, costs, reps == null ? 0 : reps, seed));
    Path folder = out != null ? out : OutFolder.fresh(targets.get(0));
    if (label.isBlank() || label.chars().anyMatch(c -> c < ' ')) {
      throw new InputException("--run", "'" + label + "'", "a word");
    }
    Progress progress = new Progress(plan, spec.commandLine().getErr(), quiet);
    Samples samples =
        new Session(home, plan, folder, label, resume, OutFolder.commandLine(spec), progress)
            .reserving(reserveHugepages)
            .run();
    spec.commandLine().getOut().print(CellTable.of(samples));
    spec.commandLine().getOut().println("results: " + folder);
    return samples.entries().stream().anyMatch(e -> e.status() == Status.FAILED) ? 3 : 0;
  }
}
