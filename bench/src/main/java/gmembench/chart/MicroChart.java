// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** What {@code micro} found as guests grow: time and bytes of trackers, both axes logarithmic. */
final class MicroChart {
  /** A workload that comes in sizes, and what its operation is. */
  private enum Family {
    SPREAD("1-2 pages, 64 ranges shared, spread over the guest", "a conversion"),
    HALF_SHARED("every second 2 MiB frame shared", "a conversion of a 2 MiB frame"),
    INIT("a whole guest to one side", "a new map and its first conversion");

    private final String state;
    private final String operation;

    Family(String state, String operation) {
      this.state = state;
      this.operation = operation;
    }

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final Pattern SIZED = Pattern.compile("(.+)-\\d+[KMGT]iB");

  private MicroChart() {}

  static List<Chart> of(Samples samples, Environment env) {
    List<Chart> charts = new ArrayList<>();
    for (Family family : Family.values()) {
      for (String metric : List.of("ns_per_op", "tracker_bytes", "tracker_kernel_bytes")) {
        Map<String, Map<Double, Double>> series = series(samples, env, family, metric);
        if (series.values().stream().anyMatch(s -> s.size() > 1)) {
          charts.add(chart(family, metric, series));
        }
      }
    }
    return charts;
  }

  /**
   * By tracker and guest size in bytes: the least, which other load on the machine disturbs least.
   */
  private static Map<String, Map<Double, Double>> series(
      Samples samples, Environment env, Family family, String metric) {
    Map<String, Map<Double, Double>> series = new TreeMap<>();
    for (Cell cell : samples.cells()) {
      Matcher sized = SIZED.matcher(cell.workload());
      double size = env.number("workload." + cell.workload() + ".guest_bytes");
      boolean wanted = sized.matches() && sized.group(1).equals(family.label()) && size > 0;
      double[] values = samples.values(cell, metric);
      if (wanted && cell.engine().equals("micro") && values.length > 0) {
        series
            .computeIfAbsent(cell.tracker(), t -> new TreeMap<>())
            .put(size, Arrays.stream(values).min().orElseThrow());
      }
    }
    return series;
  }

  private static Chart chart(
      Family family, String metric, Map<String, Map<Double, Double>> series) {
    XYSeriesCollection data = new XYSeriesCollection();
    series.forEach((tracker, points) -> {
      XYSeries line = new XYSeries(tracker);
      points.forEach((size, value) -> line.add(size.doubleValue(), value.doubleValue()));
      data.addSeries(line);
    });
    JFreeChart drawing =
        Chart.withSubtitle(
            Lines.drawing(title(family, metric), data, sizes(series), values(metric, series)),
            subtitle(family, metric));
    XYLineAndShapeRenderer lines = (XYLineAndShapeRenderer) drawing.getXYPlot().getRenderer();
    lines.setDrawSeriesLineAsPath(false);
    for (int i = 0; i < data.getSeriesCount(); i++) {
      lines.setSeriesShapesVisible(i, true);
      lines.setSeriesShape(i, Chart.marker(i));
    }
    String kind = metric.equals("ns_per_op") ? "ns" : metric.replace('_', '-');
    return new Chart("micro-" + family.label() + "-" + kind, drawing, 900, 520);
  }

  private static String title(Family family, String metric) {
    return switch (metric) {
      case "ns_per_op" -> "Time of " + family.operation;
      case "tracker_bytes" -> "Memory of trackers in Java";
      default -> "Memory of trackers as the kernel would hold them";
    };
  }

  private static String subtitle(Family family, String metric) {
    return family.state + (metric.equals("ns_per_op") ? "; JMH, fastest repetition" : "; exact");
  }

  private static LogAxis sizes(Map<String, Map<Double, Double>> series) {
    DoubleStream all =
        series.values().stream().flatMapToDouble(p -> p.keySet().stream().mapToDouble(v -> v));
    LogAxis axis = LogScale.axis("guest memory", 4, all);
    axis.setNumberFormatOverride(new SizeFormat());
    return axis;
  }

  private static LogAxis values(String metric, Map<String, Map<Double, Double>> series) {
    DoubleStream all =
        series.values().stream().flatMapToDouble(p -> p.values().stream().mapToDouble(v -> v));
    boolean time = metric.equals("ns_per_op");
    LogAxis axis = LogScale.axis(time ? "time" : "memory", time ? 10 : 16, all);
    axis.setNumberFormatOverride(time ? new TimeFormat() : new SizeFormat());
    if (time) {
      // whole powers of ten, so that there are gridlines to read by
      axis.setRange(
          Math.pow(10, Math.floor(Math.log10(axis.getLowerBound()))),
          Math.pow(10, Math.ceil(Math.log10(axis.getUpperBound()))));
    }
    return axis;
  }
}
