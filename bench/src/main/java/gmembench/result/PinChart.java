// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import gmembench.result.Samples.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jfree.data.category.DefaultCategoryDataset;

/** What pins did to the conversions of the model: how many were refused, how long others waited. */
final class PinChart {
  private static final String REFUSED = "conversions_refused";
  private static final String WAITED = "pin_wait_ns";

  private PinChart() {}

  static List<Chart> of(Samples samples) {
    Map<Cell, List<Entry>> blocks = new LinkedHashMap<>();
    for (Entry entry : samples.entries()) {
      if (entry.cell().isExact() && entry.has("total_ns")) {
        blocks.computeIfAbsent(entry.cell().block(), b -> new ArrayList<>()).add(entry);
      }
    }
    List<Chart> charts = new ArrayList<>();
    blocks.forEach((block, entries) -> {
      if (entries.stream().anyMatch(e -> number(e, REFUSED) + number(e, WAITED) > 0)) {
        charts.add(chart(block, entries));
      }
    });
    return charts;
  }

  private static double number(Entry entry, String metric) {
    return entry.has(metric) ? entry.number(metric) : 0;
  }

  private static Chart chart(Cell block, List<Entry> entries) {
    DefaultCategoryDataset data = new DefaultCategoryDataset();
    for (Entry entry : entries) {
      double refused = number(entry, REFUSED);
      double all = refused + number(entry, "conversions");
      String strategy = entry.cell().strategy();
      data.addValue(100 * refused / all, "conversions that were refused (%)", strategy);
      data.addValue(
          100 * number(entry, WAITED) / Math.max(1, entry.number("total_ns")),
          "time spent waiting for pins (% of the replay)",
          strategy);
    }
    return new Chart(
        Charts.fileName("pins", block),
        Chart.withSubtitle(
            Bars.drawing(
                "What pins hold up: " + block.workload() + " on " + block.backing(),
                "percent",
                data),
            "by the model; a pin ends when the trace says so"),
        900,
        150 + 55 * entries.size());
  }
}
