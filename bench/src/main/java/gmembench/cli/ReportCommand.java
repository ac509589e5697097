// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import gmembench.OutputFile;
import gmembench.chart.Charts;
import gmembench.chart.Report;
import gmembench.result.Results;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One page with everything. */
@Command(
    name = "report",
    description = "Tables and charts of a results folder as one HTML page without other files.")
public final class ReportCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "A results folder.")
  private Path folder = Path.of(".");

  @Option(names = "--out", paramLabel = "FILE", description = "Default DIR/report.html.")
  private @Nullable Path out;

  @Override
  public void run() {
    Results results = Results.one(folder);
    String page = Report.html(results);
    OutOptions.remark(Charts.lacking(results), spec);
    if (out != null) {
      OutputFile.write(out, page);
    }
    Path file = out != null ? out : OutputFile.writeIn(folder, "report.html", page);
    OutOptions.printPath(file, spec);
  }
}
