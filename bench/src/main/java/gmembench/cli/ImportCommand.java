// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.Plugins;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.importer.ImportReport;
import gmembench.importer.LogFormat;
import gmembench.importer.LogImport;
import gmembench.workload.Layout;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Turns a log of a real system into a trace. */
@Command(
    name = "import",
    description = {
      "Turns a log of a real system into a trace.",
      "Says on stderr what was found and what was skipped."
    })
public final class ImportCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", description = "The log; gzipped or not.")
  private Path log = Path.of("");

  @Option(
      names = "--from",
      required = true,
      paramLabel = "FORMAT",
      description = "One of those that `list importers` shows.")
  private String from = "";

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "TRACE",
      description = "The trace; gzipped if it ends with .gz.")
  private Path trace = Path.of("");

  @Option(
      names = "--guest",
      paramLabel = "SIZE",
      description = "The guest's memory: conversions outside it are left out.")
  private @Nullable String guestSize;

  @Option(
      names = "--layout",
      paramLabel = "NAME",
      description = "How the VMM splits it, as in a workload: qemu-q35 or qemu-i440fx.")
  private @Nullable String layout;

  @Option(names = "--note", paramLabel = "TEXT", description = "A line for the trace's head.")
  private List<String> notes = List.of();

  @Override
  public void run() {
    LogFormat format = Plugins.make(LogFormat.class, from, Map.of(), "--from");
    ImportReport report = LogImport.run(log, format, trace, notes, guest());
    PrintWriter err = spec.commandLine().getErr();
    report.warnings().forEach(warning -> err.println("warning: " + log + ": " + warning));
    err.println(trace + ": " + report.summary());
    OutOptions.printPath(trace, spec);
    err.println("next: gmembench trace stat " + trace + ", or gmembench run " + trace);
  }

  private @Nullable Guest guest() {
    if (guestSize == null) {
      if (layout != null) {
        throw new InputException("--layout", "no --guest", "the guest's memory too");
      }
      return null;
    }
    long bytes = TraceStatCommand.pages(guestSize, "--guest") * Units.PAGE_BYTES;
    return Layout.guest(layout, bytes);
  }
}
