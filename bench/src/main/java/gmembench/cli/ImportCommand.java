// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import gmembench.InputException;
import gmembench.importer.LogFormat;
import gmembench.importer.LogImport;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Turns a log of a real system into a trace. */
@Command(name = "import", description = "Turns a log of a real system into a trace.")
public final class ImportCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", description = "The log; gzipped or not.")
  private Path log = Path.of("");

  @Option(
      names = "--from",
      required = true,
      paramLabel = "FORMAT",
      description = {
        "qemu: kvm_convert_memory, kvm_hc_map_gpa_range;",
        "qemu-virtio: OVMF's conversions from a stock QEMU's virtio_* log;",
        "ftrace: kvm_vm_set_mem_attributes;",
        "csv: time_us,direction,gpa,pages."
      })
  private String from = "";

  @Option(
      names = "-o",
      required = true,
      paramLabel = "TRACE",
      description = "The trace; gzipped if it ends with .gz.")
  private Path trace = Path.of("");

  @Option(names = "--note", paramLabel = "TEXT", description = "A line for the trace's head.")
  private List<String> notes = List.of();

  @Override
  public void run() {
    LogImport.Result result = LogImport.run(log, format(), trace, notes);
    spec.commandLine()
        .getOut()
        .println(
            trace
                + ": "
                + result.events()
                + " events from "
                + result.lines()
                + " lines, "
                + result.unrelated()
                + " unrelated");
  }

  private LogFormat format() {
    for (LogFormat format : LogFormat.values()) {
      if (format.text().equals(from)) {
        return format;
      }
    }
    String known =
        Arrays.stream(LogFormat.values()).map(LogFormat::text).collect(Collectors.joining(", "));
    throw new InputException("--from", "'" + from + "'", "one of " + known);
  }
}
