// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.Text;
import gmembench.Ticks;
import gmembench.result.Cell;
import gmembench.result.HostLoad;
import gmembench.result.HostSpeed;
import gmembench.result.Results;
import gmembench.run.Home;
import gmembench.run.Plan;
import gmembench.run.Progress;
import gmembench.run.Session;
import gmembench.table.CellTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs every cell of a product. */
@Command(
    name = "run",
    description = "Runs every cell of workloads x engines x strategies x trackers x backings.")
public final class RunCommand implements Callable<Integer> {
  @Mixin private PlanOptions options = new PlanOptions();

  @Mixin private OutOptions out = new OutOptions();

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

  @Mixin private QuietOption quiet = new QuietOption();

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
    Path folder = out.folder(options.targets().get(0));
    if (Text.requireName(label, "--run").isBlank()) {
      throw new InputException("--run", "'" + label + "'", "a word");
    }
    plan.remarks().forEach(out::remark);
    Progress progress = quiet.progress(plan);
    Results results =
        new Session(home, plan, folder, label, resume, out.commandLine(), jobs, progress)
            .reserving(reserveHugepages)
            .run();
    out.print(CellTable.of(results.samples(), Ticks.here()), folder);
    if (!quiet.isSet() && results.samples().cells().stream().anyMatch(Cell::isLive)) {
      HostLoad.warnings(results.env()).forEach(out::remark);
      HostSpeed.warnings(results.env()).forEach(out::remark);
    }
    return OutOptions.exitCode(results.samples(), plan.shard());
  }
}
