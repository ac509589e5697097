// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.Units;
import gmembench.result.Declared;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.run.Home;
import gmembench.run.Plan;
import gmembench.run.SoakLog;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The same blocks again and again in one process: does anything grow? */
@Command(
    name = "soak",
    description = {
      "Runs everything again and again in one process, and notes after every block what the process"
          + " holds: heap, file descriptors, mappings, memory, and what is double-allocated.",
      "",
      "Exit code 3 if any of these grows, a cell failed, or none ran."
    })
public final class SoakCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private PlanOptions options = new PlanOptions();

  @Option(
      names = "--for",
      paramLabel = "TIME",
      description = "Until a block ends after so long. Default 1h.")
  private String time = "1h";

  @Mixin private OutOptions out = new OutOptions();

  private long failed;
  private long done;

  @Override
  public Integer call() {
    long ns = Units.ns(time, "--for");
    if (ns < 1) {
      throw new InputException("--for", "'" + time + "'", "a time such as 10min");
    }
    Home home = Home.here();
    Plan plan = options.plan(home);
    Path folder = out.folder("soak");
    Map<String, String> environment = out.facts(home);
    SoakLog log = SoakLog.create(folder, environment);
    long start = System.nanoTime();
    for (int pass = 1; System.nanoTime() - start < ns; pass++) {
      for (Plan.Step step : plan.steps()) {
        if (System.nanoTime() - start < ns) {
          run(step, pass, log);
        }
      }
    }
    out.print(log.text(), folder);
    return log.grows() || failed > 0 || done == 0 ? 3 : 0;
  }

  /** A block from nothing to nothing: what is left of it afterwards is a leak. */
  private void run(Plan.Step step, int pass, SoakLog log) {
    long[] twice = new long[2];
    step.engine()
        .run(
            step.block(),
            o -> {
              twice[0]++;
              twice[1] += twiceAtEnd(o);
              done += o.status() == Status.OK ? 1 : 0;
              if (o.status() == Status.FAILED) {
                failed++;
                say("failed: " + o.cell().path() + ": " + o.reason());
              }
            });
    String block =
        String.join(
            "/",
            step.engine().name(),
            step.block().workload().name(),
            step.block().backing().label(),
            step.block().tracker().label());
    log.add(pass, block, twice[0], twice[1]);
  }

  private void say(String line) {
    spec.commandLine().getErr().println(line);
    spec.commandLine().getErr().flush();
  }

  private static long twiceAtEnd(Repetition o) {
    return o.metrics().whole(Declared.DOUBLE_ALLOCATED_END_BYTES);
  }
}
