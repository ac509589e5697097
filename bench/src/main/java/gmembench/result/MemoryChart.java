// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVRecord;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Bytes that are allocated twice, over the conversions of a trace. */
final class MemoryChart {
  private static final double MIB = 1 << 20;

  private MemoryChart() {}

  static List<Chart> of(Path folder) {
    Map<Cell, Map<String, XYSeries>> charts = new LinkedHashMap<>();
    Path file = folder.resolve("memory.csv");
    for (CSVRecord row : Environment.rows(file, ResultFolder.MEMORY_COLUMNS)) {
      Cell block = new Cell(row.get(0), row.get(1), "", row.get(3), row.get(4), row.get(5));
      if (block.isLive()) {
        // the same verbs in the same order as on the model, so the same bytes
        continue;
      }
      XYSeries series =
          charts
              .computeIfAbsent(block, b -> new LinkedHashMap<>())
              .computeIfAbsent(row.get(2), XYSeries::new);
      addStep(series, Double.parseDouble(row.get(6)), Double.parseDouble(row.get(9)) / MIB);
    }
    List<Chart> list = new ArrayList<>();
    charts.forEach((block, series) -> list.add(chart(block, series)));
    return list;
  }

  /** A row holds the highest since the row before, so the line is level up to it. */
  private static void addStep(XYSeries series, double x, double y) {
    int n = series.getItemCount();
    if (n > 0) {
      series.add(series.getX(n - 1).doubleValue(), y);
    }
    series.add(x, y);
  }

  private static Chart chart(Cell block, Map<String, XYSeries> series) {
    XYSeriesCollection data = new XYSeriesCollection();
    series.values().forEach(data::addSeries);
    return new Chart(
        Charts.fileName("double-allocated", block),
        Chart.withSubtitle(
            Lines.drawing(
                "Allocated on both sides: " + block.workload(),
                data,
                Lines.axis("conversions", 0),
                Lines.axis("double-allocated memory (MiB)", 2)),
            "exact; a live run does the same verbs and is checked against the kernel"),
        900,
        480);
  }
}
