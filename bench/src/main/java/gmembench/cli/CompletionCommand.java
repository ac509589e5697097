// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Completion for bash and zsh, from the commands themselves. */
@Command(
    name = "completion",
    description = "Prints completion for bash and zsh: source <(scripts/gmembench completion)")
public final class CompletionCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().getOut().print(AutoComplete.bash("gmembench", spec.root().commandLine()));
  }
}
