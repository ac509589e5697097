// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import module java.base;

import gmembench.Units;
import gmembench.result.Repetition;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * How far a run is and how long it will take: a bar on stderr if that is a terminal, otherwise a
 * plain line now and then. A repetition that failed is a line in any case.
 */
public final class Progress implements AutoCloseable {
  private static final long BETWEEN_LINES_NS = 10_000_000_000L;

  private final PrintWriter err;
  private final @Nullable ProgressBar bar;
  private final boolean quiet;
  private final long total;
  private final LongSupplier clock;
  private final long startNs;
  private long lastNs;
  private long done;

  public Progress(Plan plan, PrintWriter err, boolean quiet) {
    this(repetitions(plan), err, quiet, isTerminal(), System::nanoTime);
  }

  /** The progress of something else than repetitions: the caller counts. */
  public Progress(long total, PrintWriter err, boolean quiet) {
    this(total, err, quiet, isTerminal(), System::nanoTime);
  }

  public Progress(
      long total, PrintWriter err, boolean quiet, boolean terminal, LongSupplier clock) {
    this.err = err;
    this.quiet = quiet;
    this.total = total;
    this.bar = terminal && !quiet ? bar(total) : null;
    this.clock = clock;
    this.startNs = clock.getAsLong();
    this.lastNs = startNs;
  }

  private static ProgressBar bar(long total) {
    boolean plain = System.getenv("NO_COLOR") != null;
    return new ProgressBarBuilder()
        .setTaskName("running")
        .setStyle(plain ? ProgressBarStyle.ASCII : ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
        .setInitialMax(total)
        .build();
  }

  @SuppressWarnings("SystemConsoleNull") // it is annotated as nullable all the same
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static long repetitions(Plan plan) {
    long total = 0;
    for (Plan.Step step : plan.steps()) {
      total += (long) step.engine().reps() * step.block().strategies().size();
    }
    return total;
  }

  public void done() {
    done++;
    if (bar != null) {
      bar.step();
    } else if (!quiet) {
      line();
    }
  }

  public void done(Repetition observation) {
    done();
    if (bar == null && observation.status() == Repetition.Status.FAILED) {
      say("failed: " + observation.cell().path() + ": " + observation.reason());
    }
  }

  private void line() {
    long now = clock.getAsLong();
    if (now - lastNs < BETWEEN_LINES_NS) {
      return;
    }
    lastNs = now;
    double secondsLeft = (now - startNs) / 1e9 * Math.max(0, total - done) / done;
    say(done + " of " + total + " done, " + Units.decimal(secondsLeft, 0) + " s left");
  }

  private void say(String line) {
    err.println(line);
    err.flush();
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
