// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.result.Cell;
import gmembench.result.Metric;
import gmembench.result.Results;
import org.jfree.chart.axis.LogAxis;

/** A line for each tracker, both axes logarithmic; flat is the goal. */
@AutoService(ChartKind.class)
public record MicroChart() implements ChartKind {
  private static final String NS = "ns_per_op";
  private static final String GUEST = "guest_bytes";

  /** What is looked at, and how the file's name ends. */
  private record Measure(String metric, String file, String title, String axis, String how) {}

  /**
   * Workloads that come in sizes.
   *
   * @param fact of a workload, which grows
   * @param names a pattern of the workloads' names
   */
  private record Family(
      String file, String fact, String names, String axis, String state, List<Measure> measures) {}

  private static final List<Measure> MODEL =
      List.of(
          new Measure(
              NS,
              "ns",
              "Wall time of a conversion on the model",
              "ns",
              "; fastest round, one core"),
          new Measure(
              "alloc_bytes_per_op",
              "alloc",
              "Bytes that the model allocates a conversion",
              "bytes",
              ""),
          new Measure(
              "tracker_bytes", "tracker-bytes", "Memory of trackers, all VMs", "bytes", ""));

  private static final List<Family> FAMILIES =
      List.of(
          new Family(
              "micro-spread",
              GUEST,
              "spread-\\d+[KMGT]iB",
              "guest memory",
              "1-2 pages, 64 ranges shared, spread over the guest",
              trackers("a conversion")),
          new Family(
              "micro-half-shared",
              GUEST,
              "half-shared-\\d+[KMGT]iB",
              "guest memory",
              "every second 2 MiB frame shared",
              trackers("a conversion of a 2 MiB frame")),
          new Family(
              "micro-init",
              GUEST,
              "init-\\d+[KMGT]iB",
              "guest memory",
              "a whole guest to one side",
              trackers("a new map and its first conversion")),
          new Family(
              "scale-guest",
              GUEST,
              "scale-\\d+[mgt]ib",
              "guest memory",
              "2 pages anywhere in the guest",
              MODEL),
          new Family(
              "scale-vcpus",
              "vcpus",
              "scale-\\d+vcpus?",
              "vCPUs",
              "an 8 GiB guest, 16 MiB a vCPU",
              MODEL),
          new Family(
              "scale-vms",
              "vms",
              "scale-\\d+vms?",
              "VMs",
              "1 GiB each, converting in 64 MiB, in turn",
              MODEL));

  private static List<Measure> trackers(String operation) {
    return List.of(
        new Measure(NS, "ns", "Time of " + operation, "time", "; JMH, fastest repetition"),
        new Measure(
            "tracker_bytes", "tracker-bytes", "Memory of trackers in Java", "memory", "; exact"),
        new Measure(
            "tracker_kernel_bytes",
            "tracker-kernel-bytes",
            "Memory of trackers as the kernel would hold them",
            "memory",
            "; exact"));
  }

  @Override
  public String why() {
    return "micro and scale: time and bytes of trackers and of the model as guests and hosts grow";
  }

  @Override
  public Part part() {
    return new Part(100, "Trackers alone and the speed of the model");
  }

  @Override
  public List<Chart> of(Results results) {
    List<Chart> charts = new ArrayList<>();
    for (Family family : FAMILIES) {
      for (Measure measure : family.measures) {
        Map<String, Map<Double, List<Double>>> lines = lines(results, family, measure.metric);
        if (lines.values().stream().anyMatch(points -> points.size() > 1)) {
          charts.add(chart(family, measure, new Growth(lines, Growth::least)));
        }
      }
    }
    return charts;
  }

  private static Map<String, Map<Double, List<Double>>> lines(
      Results results, Family family, String metric) {
    Map<String, Map<Double, List<Double>>> lines = new TreeMap<>();
    for (Cell cell : results.samples().cells()) {
      double size = results.env().number("workload." + cell.workload() + "." + family.fact);
      double[] values = results.samples().values(cell, Metric.named(metric));
      boolean wanted = cell.engine().equals("micro") && cell.workload().matches(family.names);
      if (wanted && size > 0 && values.length > 0) {
        lines
            .computeIfAbsent(cell.tracker(), t -> new TreeMap<>())
            .put(size, Arrays.stream(values).boxed().toList());
      }
    }
    return lines;
  }

  private static Chart chart(Family family, Measure measure, Growth growth) {
    LogAxis x = growth.x(family.axis, family.fact.equals(GUEST) ? 4 : 10);
    if (family.fact.equals(GUEST)) {
      x.setNumberFormatOverride(TickLabels.SIZES);
    }
    boolean time = measure.metric.equals(NS);
    LogAxis y = growth.y(measure.axis, time ? 10 : 16);
    if (!time) {
      y.setNumberFormatOverride(TickLabels.SIZES);
    } else {
      if (measure.axis.equals("time")) {
        y.setNumberFormatOverride(TickLabels.TIMES);
      }
      // whole powers of ten, so that there are gridlines to read by
      y.setRange(
          Math.pow(10, Math.floor(Math.log10(y.getLowerBound()))),
          Math.pow(10, Math.ceil(Math.log10(y.getUpperBound()))));
    }
    String subtitle = family.state + measure.how;
    return growth.chart(family.file + "-" + measure.file, measure.title, subtitle, x, y);
  }
}
