// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import gmembench.run.Plan;
import gmembench.run.Progress;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Progress on stderr, unless it is not wanted. */
final class QuietOption {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = {"-q", "--quiet"},
      description = "No progress.")
  private boolean quiet;

  boolean isSet() {
    return quiet;
  }

  Progress progress(Plan plan) {
    return new Progress(plan, spec.commandLine().getErr(), quiet);
  }

  Progress progress(long steps) {
    return new Progress(steps, spec.commandLine().getErr(), quiet);
  }
}
