// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import gmembench.Units;
import gmembench.chart.IntervalPlot.Point;
import gmembench.compare.Comparison;
import gmembench.compare.Difference;
import gmembench.compare.Effect;
import gmembench.compare.Verdict;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberAxis;

/** A comparison at one glance: the ratio of every changed or measured cell with its interval. */
public final class ForestChart {
  private static final int MOST_ROWS = 40;

  /** What a row is named by: those that all rows have in common are in the subtitle. */
  private static final List<Function<Difference, String>> PARTS =
      List.of(
          row -> row.metric().name(),
          row -> row.cell().strategyName(),
          row -> row.cell().backing(),
          row -> row.cell().engine(),
          row -> row.cell().workload());

  private ForestChart() {}

  /** The most urgent rows; exact ones that are the same would only be a column of ones. */
  public static Chart of(Comparison comparison) {
    List<Difference> rows = shown(comparison).stream().limit(MOST_ROWS).toList();
    Map<Boolean, List<Function<Difference, String>>> areAlike =
        PARTS.stream().collect(Collectors.partitioningBy(part -> areAlike(rows, part)));
    List<Function<Difference, String>> differ = areAlike.getOrDefault(false, PARTS);
    List<Function<Difference, String>> alike = areAlike.getOrDefault(true, List.of());
    List<Point> points = rows.stream().map(row -> point(row, text(row, differ))).toList();
    NumberAxis x = new NumberAxis("HEAD / BASE; lower is better");
    x.setAutoRangeIncludesZero(false);
    x.setNumberFormatOverride(TickLabels.PLAIN);
    double widest = points.stream().mapToDouble(Point::high).max().orElse(1);
    JFreeChart drawing =
        IntervalPlot.drawing(
            "Comparison of "
                + comparison.base().folder().getFileName()
                + " with "
                + comparison.head().folder().getFileName(),
            points,
            widest > 4 ? log(points) : x);
    IntervalPlot.reference(drawing, 1, 1.5f);
    IntervalPlot.reference(drawing, 1 + comparison.threshold(), 1);
    IntervalPlot.reference(drawing, 1 / (1 + comparison.threshold()), 1);
    String text =
        (alike.isEmpty() ? "" : text(rows.getFirst(), alike) + "; ")
            + "95 % intervals; dashed: threshold of "
            + Units.decimal(comparison.threshold() * 100, 1)
            + " %; exact values have none";
    return new Chart(
        "comparison", Chart.withSubtitle(drawing, text), 1000, IntervalPlot.height(points) + 30);
  }

  private static boolean areAlike(List<Difference> rows, Function<Difference, String> part) {
    return rows.size() > 1 && rows.stream().map(part).distinct().count() == 1;
  }

  private static String text(Difference row, List<Function<Difference, String>> parts) {
    return parts.stream().map(part -> part.apply(row)).collect(Collectors.joining(", "));
  }

  private static LogAxis log(List<Point> points) {
    DoubleStream ends = points.stream().flatMapToDouble(p -> DoubleStream.of(1, p.low(), p.high()));
    return LogScale.axis("HEAD / BASE; lower is better", 2, ends);
  }

  private static List<Difference> shown(Comparison comparison) {
    return comparison.rows().stream()
        .filter(r -> r.effect().isKnown() && Double.isFinite(r.effect().ratio()))
        .filter(r -> r.effect().ratio() > 0)
        .filter(r -> r.verdict() != Verdict.EQUIVALENT || !Double.isNaN(r.p()))
        .toList();
  }

  private static Point point(Difference row, String label) {
    Effect e = row.effect();
    boolean interval = Double.isFinite(e.low()) && Double.isFinite(e.high());
    return new Point(
        row.verdict().text(),
        label,
        e.ratio(),
        interval ? e.low() : e.ratio(),
        interval ? e.high() : e.ratio());
  }
}
