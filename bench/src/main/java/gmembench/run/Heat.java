// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import gmembench.result.HeatMap;
import gmembench.trace.Trace;
import gmembench.trace.TraceHeat;

/** The heat map of a trace. */
public final class Heat {
  private Heat() {}

  public static HeatMap of(String workload, Trace trace, int columns, int rows) {
    TraceHeat heat = TraceHeat.of(trace, columns, rows);
    return new HeatMap(
        workload,
        heat.columns(),
        heat.rows(),
        heat::count,
        heat.gfn(),
        heat.rowPages(),
        heat.columnNs());
  }
}
