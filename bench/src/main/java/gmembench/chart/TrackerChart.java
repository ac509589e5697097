// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.Observation;
import gmembench.result.Samples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.statistics.descriptive.Median;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** What trackers cost as guests grow: bytes, and time a conversion; both axes logarithmic. */
final class TrackerChart {
  private static final double GIB = 1L << 30;

  private TrackerChart() {}

  static List<Chart> of(Samples samples, Environment env) {
    List<Chart> charts = new ArrayList<>();
    byEngineAndBacking(samples)
        .forEach((where, part) -> {
          Map<String, Map<Double, List<Double>>> bytes = new LinkedHashMap<>();
          Map<String, Map<Double, List<Double>>> cost = new LinkedHashMap<>();
          for (Samples.Entry e : part) {
            double size = env.number("workload." + e.cell().workload() + ".guest_bytes") / GIB;
            boolean usable = size > 0 && e.has("tracker_bytes") && e.has("conversions");
            if (usable && e.number("conversions") > 0 && e.number("total_ns") > 0) {
              add(bytes, e, size, e.number("tracker_bytes"));
              add(cost, e, size, e.number("total_ns") / e.number("conversions"));
            }
          }
          if (isAboutSize(bytes)) {
            charts.add(chart("tracker-bytes", "Tracker memory", "tracker (bytes)", where, bytes));
            charts.add(
                chart("tracker-time", "Time by tracker", "time of a conversion (ns)", where, cost));
          }
        });
    return charts;
  }

  /** The strategy that does least shows most of the tracker. */
  private static Map<Cell, List<Samples.Entry>> byEngineAndBacking(Samples samples) {
    Map<Cell, List<Samples.Entry>> parts = new LinkedHashMap<>();
    for (Samples.Entry e : samples.entries()) {
      Cell c = e.cell();
      if (c.strategyName().equals("snp") && e.status() == Observation.Status.OK) {
        Cell where = new Cell(c.engine(), "", c.strategy(), c.backing(), "", c.costs());
        parts.computeIfAbsent(where, w -> new ArrayList<>()).add(e);
      }
    }
    return parts;
  }

  private static void add(
      Map<String, Map<Double, List<Double>>> to, Samples.Entry e, double size, double value) {
    to.computeIfAbsent(e.cell().tracker(), t -> new TreeMap<>())
        .computeIfAbsent(size, s -> new ArrayList<>())
        .add(value);
  }

  private static boolean isAboutSize(Map<String, Map<Double, List<Double>>> series) {
    return series.size() > 1 && series.values().stream().anyMatch(s -> s.size() > 1);
  }

  private static Chart chart(
      String kind,
      String title,
      String unit,
      Cell where,
      Map<String, Map<Double, List<Double>>> series) {
    XYSeriesCollection data = new XYSeriesCollection();
    series.forEach((tracker, points) -> {
      XYSeries line = new XYSeries(tracker);
      points.forEach((size, values) -> line.add(size.doubleValue(), median(values)));
      data.addSeries(line);
    });
    JFreeChart drawing =
        Lines.drawing(
            title + " against guest size",
            data,
            LogScale.axis(
                "guest (GiB)",
                2,
                series.values().stream()
                    .flatMapToDouble(p -> p.keySet().stream().mapToDouble(v -> v))),
            LogScale.axis(
                unit,
                10,
                series.values().stream()
                    .flatMapToDouble(p -> p.values().stream().mapToDouble(TrackerChart::median))));
    XYLineAndShapeRenderer lines = (XYLineAndShapeRenderer) drawing.getXYPlot().getRenderer();
    lines.setDrawSeriesLineAsPath(false);
    for (int i = 0; i < data.getSeriesCount(); i++) {
      lines.setSeriesShapesVisible(i, true);
      lines.setSeriesShape(i, Chart.marker(i));
    }
    String text =
        where.engine()
            + ", "
            + where.backing()
            + ", "
            + where.strategy()
            + ", medians over workloads of a size"
            + (where.isExact() ? "; exact" : "");
    return new Chart(
        Charts.fileName(kind, new Cell(where.engine(), "sizes", "", where.backing(), "bitmap", "")),
        Chart.withSubtitle(drawing, text),
        900,
        520);
  }

  private static double median(List<Double> values) {
    return Median.withDefaults().evaluate(values.stream().mapToDouble(v -> v).toArray());
  }
}
