// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import gmembench.engine.Live;
import gmembench.result.Observation;
import java.io.Console;
import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** A bar on stderr if that is a terminal; otherwise a line for every cell that could not be run. */
final class Progress implements AutoCloseable {
  private final PrintWriter err;
  private final @Nullable ProgressBar bar;

  Progress(Plan plan, PrintWriter err) {
    this.err = err;
    this.bar =
        isTerminal()
            ? new ProgressBarBuilder()
                .setTaskName("repetitions")
                .setInitialMax(repetitions(plan))
                .build()
            : null;
  }

  @SuppressWarnings("SystemConsoleNull") // it is annotated as nullable all the same
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static long repetitions(Plan plan) {
    long total = 0;
    for (Plan.Step step : plan.steps()) {
      int reps = step.engine() instanceof Live live ? live.reps() : 1;
      total += (long) reps * step.block().strategies().size();
    }
    return total;
  }

  void done(Observation observation) {
    if (bar != null) {
      bar.step();
    } else if (observation.status() == Observation.Status.FAILED) {
      err.println("failed: " + observation.cell().path() + ": " + observation.reason());
      err.flush();
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
