// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.LatencyLog;
import gmembench.result.Results;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Latency of a conversion by percentile, a line for each strategy; all repetitions together. */
@AutoService(ChartKind.class)
public record LatencyChart() implements ChartKind {
  private static final String WHAT = "/convert";

  @Override
  public String why() {
    return "live: a conversion by percentile, a line for each strategy";
  }

  @Override
  public Part part() {
    return new Part(20, "Latency by percentile");
  }

  @Override
  public String file() {
    return LatencyLog.FILE;
  }

  @Override
  public List<Chart> of(Results results) {
    Map<Cell, Map<String, Histogram>> charts = new LinkedHashMap<>();
    histograms(results.folder())
        .forEach((tag, histogram) -> {
          String[] parts = tag.substring(0, tag.length() - WHAT.length()).split("/", -1);
          if (parts.length == 6 && Cell.isLive(parts[0])) {
            Cell block = new Cell(parts[0], parts[1], "", parts[3], parts[4], parts[5]);
            charts.computeIfAbsent(block, b -> new LinkedHashMap<>()).put(parts[2], histogram);
          }
        });
    List<Chart> list = new ArrayList<>();
    charts.forEach((block, series) -> list.add(chart(block, series, results.env())));
    return list;
  }

  /** The conversions' histograms by tag, repetitions added up. */
  private static Map<String, Histogram> histograms(Path folder) {
    Map<String, Histogram> sums = new LinkedHashMap<>();
    for (LatencyLog line : LatencyLog.read(folder)) {
      if (line.tag().endsWith(WHAT)) {
        sums.merge(
            line.tag(),
            line.histogram(),
            (sum, more) -> {
              sum.add(more);
              return sum;
            });
      }
    }
    return sums;
  }

  private static Chart chart(Cell block, Map<String, Histogram> latencies, Environment env) {
    XYSeriesCollection data = new XYSeriesCollection();
    latencies.forEach((strategy, histogram) -> data.addSeries(series(strategy, histogram)));
    LogAxis x = new LogAxis("percentile of conversions");
    x.setNumberFormatOverride(TickLabels.PERCENTILES);
    x.setTickUnit(new NumberTickUnit(1));
    x.setRange(1, 100_000);
    LogAxis y = new LogAxis("latency without the touch that follows (" + env.ticks().unit(1) + ")");
    y.setNumberFormatOverride(TickLabels.PLAIN);
    y.setTickUnit(new NumberTickUnit(1));
    return new Chart(
        Chart.fileName("latency", block),
        Chart.withSubtitle(
            Lines.drawing(
                "Latency of conversions: " + block.workload() + " on " + block.backing(),
                data,
                x,
                y),
            "live, kernel " + env.get("kernel") + ", all repetitions together"),
        900,
        520);
  }

  private static XYSeries series(String strategy, Histogram histogram) {
    XYSeries series = new XYSeries(strategy);
    for (HistogramIterationValue v : histogram.percentiles(10)) {
      double beyond = 100 - v.getPercentileLevelIteratedTo();
      if (beyond > 0) {
        series.add(100 / beyond, Math.max(v.getValueIteratedTo(), 1) / 1e3);
      }
    }
    return series;
  }
}
