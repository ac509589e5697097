// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.result.Environment;
import gmembench.result.Merge;
import gmembench.result.Samples;
import gmembench.run.Shard;
import gmembench.table.CellTable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Joins what shards of one plan have done. */
@Command(
    name = "merge",
    description =
        "Joins the results of all shards of a run; refuses what is missing, duplicate or foreign.")
public final class MergeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "DIR",
      arity = "1..*",
      description = "Results of run --shard, or a folder of these.")
  private List<Path> folders = List.of();

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      description = "A new folder; default out/merged-TIME.")
  private @Nullable Path out;

  @Override
  public Integer call() {
    Path folder = out != null ? out : OutOptions.fresh("merged");
    Samples samples = Merge.of(folders, folder);
    spec.commandLine().getOut().print(CellTable.of(samples, Environment.read(folder).ticks()));
    spec.commandLine().getOut().println("results: " + folder);
    return OutOptions.exitCode(samples, Shard.WHOLE);
  }
}
