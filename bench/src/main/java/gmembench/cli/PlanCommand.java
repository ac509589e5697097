// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import gmembench.result.PlannedCell;
import gmembench.run.Home;
import gmembench.run.Plan;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What a run would do. */
@Command(
    name = "plan",
    description = "Prints the cells that a run would do, in order, as CSV; runs nothing.")
public final class PlanCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private PlanOptions options = new PlanOptions();

  @Override
  public Integer call() {
    Plan plan = options.plan(Home.here());
    spec.commandLine().getOut().print(PlannedCell.csv(plan.cells()));
    return 0;
  }
}
