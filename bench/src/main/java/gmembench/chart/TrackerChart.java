// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Repetition;
import gmembench.result.Results;

/** A line for each tracker over the guest's size, both axes logarithmic. */
@AutoService(ChartKind.class)
public record TrackerChart() implements ChartKind {
  private static final double GIB = 1L << 30;

  @Override
  public String why() {
    return "bytes of trackers and time of a conversion as guests grow";
  }

  @Override
  public Part part() {
    return new Part(60, "Trackers");
  }

  @Override
  public List<Chart> of(Results results) {
    List<Chart> charts = new ArrayList<>();
    byEngineAndBacking(results)
        .forEach((where, part) -> {
          Map<String, Map<Double, List<Double>>> bytes = new LinkedHashMap<>();
          Map<String, Map<Double, List<Double>>> cost = new LinkedHashMap<>();
          for (Repetition e : part) {
            double size =
                results.env().number("workload." + e.cell().workload() + ".guest_bytes") / GIB;
            boolean usable =
                size > 0 && e.has(Declared.TRACKER_BYTES) && e.has(Declared.CONVERSIONS);
            if (usable && e.number(Declared.CONVERSIONS) > 0 && e.number(Declared.TOTAL_NS) > 0) {
              add(bytes, e, size, e.number(Declared.TRACKER_BYTES));
              add(cost, e, size, e.number(Declared.TOTAL_NS) / e.number(Declared.CONVERSIONS));
            }
          }
          if (bytes.size() > 1 && bytes.values().stream().anyMatch(line -> line.size() > 1)) {
            charts.add(chart("tracker-bytes", "Tracker memory", "tracker (bytes)", where, bytes));
            charts.add(
                chart("tracker-time", "Time by tracker", "time of a conversion (ns)", where, cost));
          }
        });
    return charts;
  }

  /** The strategy that does least shows most of the tracker. */
  private static Map<Cell, List<Repetition>> byEngineAndBacking(Results results) {
    Map<Cell, List<Repetition>> parts = new LinkedHashMap<>();
    for (Repetition e : results.samples().entries()) {
      Cell c = e.cell();
      if (c.strategyName().equals("snp") && e.status() == Repetition.Status.OK) {
        Cell where = new Cell(c.engine(), "", c.strategy(), c.backing(), "", c.costs());
        parts.computeIfAbsent(where, w -> new ArrayList<>()).add(e);
      }
    }
    return parts;
  }

  private static void add(
      Map<String, Map<Double, List<Double>>> to, Repetition e, double size, double value) {
    to.computeIfAbsent(e.cell().tracker(), t -> new TreeMap<>())
        .computeIfAbsent(size, s -> new ArrayList<>())
        .add(value);
  }

  private static Chart chart(
      String kind,
      String title,
      String unit,
      Cell where,
      Map<String, Map<Double, List<Double>>> lines) {
    Growth growth = new Growth(lines, Growth::median);
    Cell sizes = new Cell(where.engine(), "sizes", "", where.backing(), "bitmap", "");
    String of = String.join(", ", where.engine(), where.backing(), where.strategy());
    return growth.chart(
        Chart.fileName(kind, sizes),
        title + " against guest size",
        of + ", medians over workloads of a size" + (where.isExact() ? "; exact" : ""),
        growth.x("guest (GiB)", 2),
        growth.y(unit, 10));
  }
}
