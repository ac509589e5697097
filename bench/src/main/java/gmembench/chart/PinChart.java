// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Metric;
import gmembench.result.Repetition;
import gmembench.result.Results;
import org.apache.commons.statistics.descriptive.Median;
import org.jfree.data.category.DefaultCategoryDataset;

/** What pins did to conversions: how many were refused, how long others waited. */
@AutoService(ChartKind.class)
public record PinChart() implements ChartKind {
  private static final Metric REFUSED = Declared.CONVERSIONS_REFUSED;
  private static final Metric WAITED = Metric.named("pin_wait_ns");

  @Override
  public String why() {
    return "conversions that pins refused, and time that others waited for pins";
  }

  @Override
  public Part part() {
    return new Part(90, "What pins hold up");
  }

  @Override
  public List<Chart> of(Results results) {
    List<Chart> charts = new ArrayList<>();
    Map<Cell, Map<String, List<Repetition>>> blocks = Charts.blocks(results, cell -> true);
    blocks.forEach((block, strategies) -> {
      if (strategies.values().stream().flatMap(List::stream).anyMatch(PinChart::isHeldUp)) {
        charts.add(chart(Chart.fileName("pins", block, blocks.keySet()), block, strategies));
      }
    });
    return charts;
  }

  private static boolean isHeldUp(Repetition entry) {
    return number(entry, REFUSED) + number(entry, WAITED) > 0;
  }

  private static double number(Repetition entry, Metric metric) {
    return entry.has(metric) ? entry.number(metric) : 0;
  }

  private static double refusedPercent(Repetition entry) {
    double refused = number(entry, REFUSED);
    return 100 * refused / (refused + number(entry, Declared.CONVERSIONS));
  }

  private static double waitedPercent(Repetition entry) {
    return 100 * number(entry, WAITED) / Math.max(1, entry.number(Declared.TOTAL_NS));
  }

  private static Chart chart(String name, Cell block, Map<String, List<Repetition>> strategies) {
    DefaultCategoryDataset data = new DefaultCategoryDataset();
    Median median = Median.withDefaults();
    strategies.forEach((strategy, entries) -> {
      double[] refused = entries.stream().mapToDouble(PinChart::refusedPercent).toArray();
      double[] waited = entries.stream().mapToDouble(PinChart::waitedPercent).toArray();
      data.addValue(median.evaluate(refused), "conversions that were refused (%)", strategy);
      data.addValue(
          median.evaluate(waited), "time spent waiting for pins (% of the replay)", strategy);
    });
    return new Chart(
        name,
        Chart.withSubtitle(
            Bars.drawing(
                "What pins hold up: " + block.workload() + " on " + block.backing(),
                "percent",
                data),
            block.isLive()
                ? "live, medians over repetitions; what is left of a pin is waited for"
                : "by the model; a pin ends when the trace says so"),
        900,
        150 + 55 * strategies.size());
  }
}
