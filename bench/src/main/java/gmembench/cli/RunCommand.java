// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import gmembench.InputException;
import gmembench.Ticks;
import gmembench.result.Repetition.Status;
import gmembench.result.Samples;
import gmembench.run.Home;
import gmembench.run.OutFolder;
import gmembench.run.Plan;
import gmembench.run.Progress;
import gmembench.run.Session;
import gmembench.table.CellTable;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs every cell of a product. */
@Command(
    name = "run",
    description = "Runs every cell of workloads x engines x strategies x trackers x backings.")
public final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private PlanOptions options = new PlanOptions();

  @Option(names = "--out", paramLabel = "DIR", description = "A new folder; default out/NAME-TIME.")
  private @Nullable Path out;

  @Option(
      names = "--resume",
      description = "Goes on in --out DIR where a killed run stopped, or starts there.")
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
      names = "--jobs",
      paramLabel = "N",
      description = "Replays of the model at a time; default 1. Live ones run alone.")
  private int jobs = 1;

  @Option(
      names = {"-q", "--quiet"},
      description = "No progress.")
  private boolean quiet;

  @Override
  public Integer call() {
    if (resume && out == null) {
      throw new InputException("--resume", "no folder", "--out DIR of the run that was killed");
    }
    if (jobs < 1 || jobs > 1024) {
      throw new InputException("--jobs", "'" + jobs + "'", "1 to 1024");
    }
    Home home = Home.here();
    Plan plan = options.plan(home);
    Path folder = out != null ? out : OutFolder.fresh(options.targets().get(0));
    if (label.isBlank() || label.chars().anyMatch(c -> c < ' ')) {
      throw new InputException("--run", "'" + label + "'", "a word");
    }
    Progress progress = new Progress(plan, spec.commandLine().getErr(), quiet);
    Samples samples =
        new Session(home, plan, folder, label, resume, OutFolder.commandLine(spec), jobs, progress)
            .reserving(reserveHugepages)
            .run();
    spec.commandLine().getOut().print(CellTable.of(samples, Ticks.here()));
    spec.commandLine().getOut().println("results: " + folder);
    return samples.entries().stream().anyMatch(e -> e.status() == Status.FAILED) ? 3 : 0;
  }
}
