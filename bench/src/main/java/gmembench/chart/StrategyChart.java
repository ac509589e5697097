// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.Ticks;
import gmembench.chart.IntervalPlot.Point;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Interval;
import gmembench.result.Metric;
import gmembench.result.Repetition;
import gmembench.result.Results;
import gmembench.table.ShortNames;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;

/** Live throughput and latency of every strategy, each a median with its 95 % interval. */
@AutoService(ChartKind.class)
public record StrategyChart() implements ChartKind {
  @Override
  public String why() {
    return "live: throughput, and latency in the middle and at the 99th percentile";
  }

  @Override
  public Part part() {
    return new Part(30, "Throughput and latency by strategy");
  }

  @Override
  public List<Chart> of(Results results) {
    Ticks ticks = results.env().ticks();
    List<Chart> charts = new ArrayList<>();
    Charts.blocks(results, Cell::isLive)
        .forEach((block, strategies) -> {
          for (Chart chart :
              List.of(throughput(block, strategies, ticks), latency(block, strategies, ticks))) {
            if (chart.drawing().getXYPlot().getSeriesCount() > 0) {
              charts.add(chart);
            }
          }
        });
    return charts;
  }

  private static Chart throughput(
      Cell block, Map<String, List<Repetition>> strategies, Ticks ticks) {
    List<Point> points =
        points(
            strategies,
            (label, entries) ->
                List.of(
                    point(
                        "throughput",
                        label,
                        entries,
                        1e3,
                        e -> e.number(Declared.CONVERSIONS) / e.number(Declared.TOTAL_NS) * 1e9)));
    return chart(
        "throughput",
        "Throughput",
        "thousand conversions a "
            + (ticks == Ticks.TIME ? "second" : ticks.unit(3))
            + ", with their touch",
        block,
        points);
  }

  private static Chart latency(Cell block, Map<String, List<Repetition>> strategies, Ticks ticks) {
    List<Point> points =
        points(
            strategies,
            (label, entries) -> {
              List<Point> two = new ArrayList<>();
              for (Metric metric : List.of(Declared.CONVERT_P50_NS, Declared.CONVERT_P99_NS)) {
                if (entries.stream().allMatch(e -> e.has(metric) && e.number(metric) > 0)) {
                  two.add(
                      point(
                          metric.equals(Declared.CONVERT_P50_NS) ? "p50" : "p99",
                          label,
                          entries,
                          1e3,
                          e -> e.number(metric)));
                }
              }
              return two;
            });
    return chart(
        "percentiles",
        "Latency",
        "latency without the touch that follows (" + ticks.unit(1) + ")",
        block,
        points);
  }

  private static List<Point> points(
      Map<String, List<Repetition>> strategies,
      BiFunction<String, List<Repetition>, List<Point>> of) {
    ShortNames names = ShortNames.of(strategies.keySet());
    List<Point> points = new ArrayList<>();
    strategies.forEach((strategy, entries) -> points.addAll(of.apply(names.of(strategy), entries)));
    return points;
  }

  private static Point point(
      String series,
      String label,
      List<Repetition> entries,
      double scale,
      ToDoubleFunction<Repetition> of) {
    double[] values = entries.stream().mapToDouble(of).toArray();
    return Point.of(series, label, Interval.ofMedian(values), scale);
  }

  private static Chart chart(
      String kind, String title, String unit, Cell block, List<Point> points) {
    LogAxis x =
        LogScale.axis(
            unit, 10, points.stream().flatMapToDouble(p -> DoubleStream.of(p.low(), p.high())));
    JFreeChart drawing =
        IntervalPlot.drawing(
            title + " of strategies: " + block.workload() + " on " + block.backing(), points, x);
    return new Chart(
        Chart.fileName(kind, block),
        Chart.withSubtitle(drawing, "live, medians over repetitions with 95 % intervals"),
        900,
        IntervalPlot.height(points) + (kind.equals("percentiles") ? 30 : 0));
  }
}
