// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** What a conversion costs the model itself as guests and hosts grow; flat is the goal. */
final class ScaleChart {
  /** What grows: its fact of a workload, the names of the workloads, and what the axis says. */
  private enum Family {
    GUEST("guest_bytes", "scale-\\d+[mgt]ib", "guest memory", "2 pages anywhere in the guest"),
    VCPUS("vcpus", "scale-\\d+vcpus?", "vCPUs", "an 8 GiB guest, 16 MiB a vCPU"),
    VMS("vms", "scale-\\d+vms?", "VMs", "1 GiB each, converting in 64 MiB, in turn");

    private final String fact;
    private final String names;
    private final String label;
    private final String what;

    Family(String fact, String names, String label, String what) {
      this.fact = fact;
      this.names = names;
      this.label = label;
      this.what = what;
    }
  }

  private record Measure(String metric, String title, String axis, String file) {}

  private static final List<Measure> MEASURES =
      List.of(
          new Measure("ns_per_op", "Wall time of a conversion on the model", "ns", "ns"),
          new Measure(
              "alloc_bytes_per_op",
              "Bytes that the model allocates a conversion",
              "bytes",
              "alloc"),
          new Measure("tracker_bytes", "Memory of trackers, all VMs", "bytes", "tracker-bytes"));

  private ScaleChart() {}

  static List<Chart> of(Samples samples, Environment env) {
    List<Chart> charts = new ArrayList<>();
    for (Family family : Family.values()) {
      for (Measure measure : MEASURES) {
        Map<String, Map<Double, Double>> series = series(samples, env, family, measure.metric());
        if (series.values().stream().anyMatch(s -> s.size() > 1)) {
          charts.add(chart(family, measure, series));
        }
      }
    }
    return charts;
  }

  /** By tracker, the least of all rounds: other load on the machine disturbs that least. */
  private static Map<String, Map<Double, Double>> series(
      Samples samples, Environment env, Family family, String metric) {
    Map<String, Map<Double, Double>> series = new TreeMap<>();
    for (Cell cell : samples.cells()) {
      double x = env.number("workload." + cell.workload() + "." + family.fact);
      double[] values = samples.values(cell, metric);
      boolean wanted = cell.engine().equals("micro") && cell.workload().matches(family.names);
      if (wanted && x > 0 && values.length > 0) {
        series
            .computeIfAbsent(cell.tracker(), t -> new TreeMap<>())
            .put(x, Arrays.stream(values).min().orElseThrow());
      }
    }
    return series;
  }

  private static Chart chart(
      Family family, Measure measure, Map<String, Map<Double, Double>> series) {
    XYSeriesCollection data = new XYSeriesCollection();
    series.forEach((tracker, points) -> {
      XYSeries line = new XYSeries(tracker);
      points.forEach((x, value) -> line.add(x.doubleValue(), value.doubleValue()));
      data.addSeries(line);
    });
    LogAxis x =
        LogScale.axis(
            family.label,
            family == Family.GUEST ? 4 : 10,
            series.values().stream().flatMap(p -> p.keySet().stream()).mapToDouble(v -> v));
    if (family == Family.GUEST) {
      x.setNumberFormatOverride(new SizeFormat());
    }
    String subtitle =
        family.what + (measure.file().equals("ns") ? "; fastest round, one core" : "");
    JFreeChart drawing =
        Chart.withSubtitle(
            Lines.drawing(measure.title(), data, x, values(measure, series)), subtitle);
    XYLineAndShapeRenderer lines = (XYLineAndShapeRenderer) drawing.getXYPlot().getRenderer();
    lines.setDrawSeriesLineAsPath(false);
    for (int i = 0; i < data.getSeriesCount(); i++) {
      lines.setSeriesShapesVisible(i, true);
      lines.setSeriesShape(i, Chart.marker(i));
    }
    String name = "scale-" + family.name().toLowerCase(java.util.Locale.ROOT);
    return new Chart(name + "-" + measure.file(), drawing, 900, 520);
  }

  private static LogAxis values(Measure measure, Map<String, Map<Double, Double>> series) {
    DoubleStream all =
        series.values().stream().flatMap(p -> p.values().stream()).mapToDouble(v -> v);
    LogAxis axis = LogScale.axis(measure.axis(), measure.axis().equals("ns") ? 10 : 16, all);
    if (measure.axis().equals("ns")) {
      axis.setRange(
          Math.pow(10, Math.floor(Math.log10(axis.getLowerBound()))),
          Math.pow(10, Math.ceil(Math.log10(axis.getUpperBound()))));
    } else {
      axis.setNumberFormatOverride(new SizeFormat());
    }
    return axis;
  }
}
