// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.trace.Trace;
import gmembench.trace.TraceBounds;
import gmembench.trace.TraceCut;
import gmembench.trace.TraceFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Cuts a window out of a trace. */
@Command(
    name = "cut",
    description = {
      "Cuts a window out of a trace, in time, in gfns or both.",
      "What is shared when it opens is shared at its start."
    })
final class TraceCutCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "TRACE", description = "A trace.")
  private Path file = Path.of("");

  @Option(names = "--from", paramLabel = "T", description = "Start, such as 500ms; default 0.")
  private String from = "0ns";

  @Option(names = "--to", paramLabel = "T", description = "End; by default that of the trace.")
  private @Nullable String to;

  @Option(names = "--gfn", paramLabel = "A..B", description = "From gfn A up to below B.")
  private @Nullable String gfns;

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "TRACE",
      description = "What is cut out.")
  private Path out = Path.of("");

  @Override
  public void run() {
    TraceCut cut = cut();
    Trace trace = TraceBounds.read(file);
    Guest guest = TraceBounds.of(trace).guest();
    TraceFile.write(cut.of(trace, guest), out, List.of("cut from " + file.getFileName()));
    OutOptions.printPath(out, spec);
  }

  private TraceCut cut() {
    long fromNs = Units.ns(from, "--from");
    long toNs = to == null ? Long.MAX_VALUE : Units.ns(to, "--to");
    long first = 0;
    long end = Long.MAX_VALUE;
    if (gfns != null) {
      int dots = gfns.indexOf("..");
      if (dots < 0) {
        throw new InputException("--gfn", "'" + gfns + "'", "A..B, such as 0x3e000..0x3e200");
      }
      first = Units.number(gfns.substring(0, dots), "--gfn");
      end = Units.number(gfns.substring(dots + 2), "--gfn");
    }
    if (fromNs >= toNs || first < 0 || first >= end) {
      throw new InputException("cut", "the window is empty", "an end behind the start");
    }
    return new TraceCut(fromNs, toNs, first, end);
  }
}
