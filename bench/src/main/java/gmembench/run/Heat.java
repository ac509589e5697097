// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import gmembench.chart.HeatMapChart;
import gmembench.engine.Subjects;
import gmembench.trace.Trace;
import gmembench.trace.TraceHeat;
import gmembench.workload.Workload;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a trace is, as the chart wants it. */
public final class Heat {
  private static final int COLUMNS = 96;
  private static final int ROWS = 48;

  private Heat() {}

  public static HeatMapChart.Cells of(Trace trace, int columns, int rows) {
    TraceHeat heat = TraceHeat.of(trace, columns, rows);
    return new HeatMapChart.Cells(
        heat.columns(), heat.rows(), heat::count, heat.gfn(), heat.rowPages(), heat.columnNs());
  }

  /** heat.csv of workloads, whose traces have been read. */
  static String csv(Iterable<Workload> workloads, Subjects subjects) {
    Map<String, HeatMapChart.Cells> heats = new LinkedHashMap<>();
    workloads.forEach(w -> heats.put(w.name(), of(subjects.of(w).trace(), COLUMNS, ROWS)));
    return HeatMapChart.csv(heats);
  }
}
