// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import gmembench.guest.Guest;
import gmembench.table.Table;
import gmembench.trace.Trace;
import gmembench.trace.TraceBounds;
import gmembench.trace.TraceCheck;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Is a trace well-formed, and is anything odd in it? */
@Command(
    name = "check",
    description = "Is a trace well-formed (exit 2 if not), and is anything odd in it?")
final class TraceCheckCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "TRACE", description = "A trace.")
  private Path file = Path.of("");

  @Option(names = "--guest", paramLabel = "SIZE", description = "Memory that it must fit in.")
  private @Nullable String guestSize;

  @Override
  public void run() {
    Trace trace = TraceBounds.read(file);
    Guest guest = TraceStatCommand.guest(trace, guestSize);
    TraceBounds bounds = TraceBounds.of(trace);
    Table table = Table.leftAligned(file + ": well-formed", "");
    table.row("events", Long.toString(bounds.events()));
    table.row("vcpus", Integer.toString(bounds.vcpus()));
    TraceCheck.of(trace, guest).forEach((what, count) -> table.row(what, Long.toString(count)));
    spec.commandLine().getOut().print(table);
  }
}
