// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.guest.Guest;
import gmembench.trace.Trace;
import gmembench.trace.TraceBounds;
import gmembench.trace.TraceFile;
import gmembench.trace.TraceScale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a trace of a larger, faster or longer run. */
@Command(
    name = "scale",
    description = "Makes the trace of a larger guest, a faster one or a longer run.")
final class TraceScaleCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "TRACE", description = "A trace.")
  private Path file = Path.of("");

  @Option(names = "--time", paramLabel = "F", description = "Times are multiplied by this.")
  private double time = 1;

  @Option(names = "--repeat", paramLabel = "N", description = "So many times after each other.")
  private long repeat = 1;

  @Option(names = "--copies", paramLabel = "N", description = "So many guests side by side.")
  private long copies = 1;

  @Option(
      names = "--guest",
      paramLabel = "SIZE",
      description = "Memory of the guest; by default up to the highest page named.")
  private @Nullable String guestSize;

  @Option(
      names = "--to-guest",
      paramLabel = "SIZE",
      description = "A larger guest: what is in the upper half keeps its distance from the top.")
  private @Nullable String toGuest;

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "TRACE",
      description = "The new trace.")
  private Path out = Path.of("");

  @Override
  public void run() {
    if (repeat < 1 || copies < 1 || copies > 1 << 20) {
      throw new InputException("--repeat, --copies", repeat + ", " + copies, "1 or more");
    }
    long percent = percent();
    Trace trace = TraceBounds.read(file);
    Guest guest = TraceStatCommand.guest(trace, guestSize);
    long shift =
        toGuest == null ? 0 : TraceStatCommand.pages(toGuest, "--to-guest") - guest.pages();
    if (shift < 0) {
      throw new InputException("--to-guest", "'" + toGuest + "'", "a guest that is no smaller");
    }
    TraceScale scale = new TraceScale(percent, repeat, copies, guest.pages(), shift);
    scale.requireFits(TraceBounds.of(trace));
    TraceFile.write(scale.of(trace), out, List.of(scale.note()));
    OutOptions.printPath(out, spec);
  }

  /** Times are whole numbers, so the factor is one of hundredths. */
  private long percent() {
    long percent = Math.round(time * 100);
    if (!(time >= 0 && time <= 10_000) || Math.abs(time * 100 - percent) > 1e-6) {
      throw new InputException("--time", "'" + time + "'", "0 to 10000 in steps of 0.01");
    }
    return percent;
  }
}
