// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.Samples;
import gmembench.table.BootTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Every chart that a results folder has the data for. */
public final class Charts {
  private Charts() {}

  public static List<Chart> of(Path folder) {
    Samples samples = Samples.read(folder);
    Environment env = Environment.read(folder);
    List<Chart> charts = new ArrayList<>();
    Set<String> workloads = new LinkedHashSet<>();
    samples.cells().forEach(c -> workloads.add(c.workload()));
    for (String workload : workloads) {
      BootTable boot = BootTable.of(samples, env, workload);
      if (boot != null) {
        charts.add(BootChart.of(boot));
      }
    }
    charts.addAll(ValidationChart.of(folder));
    charts.addAll(LatencyChart.of(folder, env));
    charts.addAll(MemoryChart.of(folder, env));
    charts.addAll(PinChart.of(samples));
    charts.addAll(TradeOffChart.of(samples));
    charts.addAll(StrategyChart.of(samples));
    charts.addAll(TrackerChart.of(samples, env));
    charts.addAll(HeatMapChart.of(folder));
    charts.addAll(MicroChart.of(samples, env));
    charts.addAll(ScaleChart.of(samples, env));
    charts.addAll(OptionChart.of(samples));
    return charts;
  }

  /** A file name of the parts of a cell that tell charts of one kind apart. */
  static String fileName(String kind, Cell c) {
    String name = kind + "-" + c.engine() + "-" + c.workload() + "-" + c.backing();
    return (name + (c.tracker().equals("bitmap") ? "" : "-" + c.tracker()))
        .replaceAll("[^A-Za-z0-9.-]+", "-");
  }
}
