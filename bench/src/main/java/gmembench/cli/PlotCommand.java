// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import module java.base;

import gmembench.InputException;
import gmembench.chart.Chart;
import gmembench.chart.Charts;
import gmembench.result.Results;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Draws the charts of a results folder. */
@Command(name = "plot", description = "Draws the charts of a results folder into DIR/charts.")
public final class PlotCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "A results folder.")
  private Path folder = Path.of(".");

  @Option(
      names = "--format",
      split = ",",
      paramLabel = "F",
      description = "svg, png; both by default.")
  private List<String> formats = Charts.FORMATS;

  @Override
  public void run() {
    for (String format : formats) {
      if (!Charts.FORMATS.contains(format)) {
        throw new InputException("--format", "'" + format + "'", "svg or png");
      }
    }
    Results results = Results.one(folder);
    OutOptions.remark(Charts.lacking(results), spec);
    for (Chart chart : Charts.of(results)) {
      for (String format : formats) {
        spec.commandLine().getOut().println(chart.write(folder, format));
      }
    }
  }
}
