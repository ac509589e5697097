// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.ResultFolder;
import gmembench.result.Results;
import gmembench.table.ShortNames;
import org.apache.commons.csv.CSVRecord;
import org.jfree.data.xy.XYDataItem;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/**
 * Over the conversions of a trace: double-allocated bytes, struct pages that are there because
 * folios were split, and the share of the guest that can be mapped huge.
 */
@AutoService(ChartKind.class)
public record MemoryChart() implements ChartKind {
  /** As many as a line of a legend holds. */
  private static final int MOST_NAMES = 3;

  private static final double MIB = 1 << 20;

  /**
   * A column of memory.csv that is drawn.
   *
   * @param risesBefore a row's value was there since the row before; else it is there from the row
   *     on
   * @param evenIfZero whether a chart in which nothing happens is drawn
   */
  private record Kind(
      String file,
      String title,
      String subtitle,
      String unit,
      int column,
      boolean risesBefore,
      boolean evenIfZero) {}

  private static final String SPLIT =
      "by the model; only what the strategy itself splits and merges";

  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              "double-allocated",
              "Allocated on both sides",
              "exact; a live run does the same verbs and is checked against the kernel",
              "double-allocated memory (MiB)",
              9,
              true,
              true),
          new Kind(
              "vmemmap-lost",
              "Struct pages lost by splitting",
              SPLIT,
              "vmemmap that is not given back (MiB)",
              11,
              false,
              false),
          new Kind(
              "huge-mapped",
              "Can be mapped by entries of 2M or 1G",
              SPLIT,
              "share of the guest's memory (%)",
              12,
              false,
              true));

  @Override
  public String why() {
    return "double-allocated and vmemmap bytes, and what can be mapped huge, over the conversions";
  }

  @Override
  public Part part() {
    return new Part(40, "Memory over time");
  }

  @Override
  public String file() {
    return ResultFolder.MEMORY;
  }

  @Override
  public List<Chart> of(Results results) {
    Path file = results.folder().resolve(file());
    List<CSVRecord> rows = Environment.rows(file, ResultFolder.MEMORY_COLUMNS);
    List<Chart> charts = new ArrayList<>();
    for (Kind kind : KINDS) {
      Map<Cell, Map<String, XYSeries>> blocks = blocks(kind, file, rows, results.env());
      blocks.forEach((block, series) -> {
        boolean flat = series.values().stream().allMatch(s -> s.getMaxY() == 0);
        if (kind.evenIfZero || !flat) {
          charts.add(chart(kind, Chart.fileName(kind.file, block, blocks.keySet()), block, series));
        }
      });
    }
    return charts;
  }

  private static Map<Cell, Map<String, XYSeries>> blocks(
      Kind kind, Path file, List<CSVRecord> rows, Environment env) {
    Map<Cell, Map<String, XYSeries>> blocks = new LinkedHashMap<>();
    for (CSVRecord row : rows) {
      Cell cell = Cell.of(file, row, 0);
      Cell block = cell.block();
      if (block.isLive() || row.get(kind.column).isEmpty()) {
        // live does the same verbs in the same order as the model, so the bytes are the same
        continue;
      }
      XYSeries series =
          blocks
              .computeIfAbsent(block, b -> new LinkedHashMap<>())
              .computeIfAbsent(cell.strategy(), XYSeries::new);
      double bytes = Environment.whole(file, row, kind.column);
      double value = bytes / scale(kind, block, env);
      if (Double.isFinite(value)) { // the guest's size may be missing
        addStep(kind, series, (double) Environment.whole(file, row, 6), value);
      }
    }
    return blocks;
  }

  private static double scale(Kind kind, Cell block, Environment env) {
    return kind.unit.contains("%")
        ? env.number("workload." + block.workload() + ".guest_bytes") / 100.0
        : MIB;
  }

  private static void addStep(Kind kind, XYSeries series, double x, double y) {
    int n = series.getItemCount();
    if (n > 0 && kind.risesBefore) {
      series.add(series.getX(n - 1).doubleValue(), y);
    } else if (n > 0) {
      series.add(x, series.getY(n - 1).doubleValue());
    }
    series.add(x, y);
  }

  private static Chart chart(Kind kind, String name, Cell block, Map<String, XYSeries> series) {
    XYSeriesCollection data = new XYSeriesCollection();
    apart(series).forEach(data::addSeries);
    String where = kind.column == 9 ? "" : " on " + block.backing();
    return new Chart(
        name,
        Chart.withSubtitle(
            Lines.drawing(
                kind.title + ": " + block.workload() + where,
                data,
                Lines.axis("conversions", 0),
                Lines.axis(kind.unit, 2)),
            kind.subtitle),
        900,
        480);
  }

  /** Lines that lie on each other are one, named after the first few. */
  private static List<XYSeries> apart(Map<String, XYSeries> series) {
    ShortNames names = ShortNames.of(series.keySet());
    Map<List<?>, List<String>> alike = new LinkedHashMap<>();
    series.forEach((strategy, s) ->
        alike.computeIfAbsent(s.getItems(), i -> new ArrayList<>()).add(names.of(strategy)));
    List<XYSeries> lines = new ArrayList<>();
    alike.forEach((items, strategies) -> {
      XYSeries line = new XYSeries(name(strategies));
      items.forEach(item -> line.add((XYDataItem) item));
      lines.add(line);
    });
    return lines;
  }

  private static String name(List<String> strategies) {
    int more = strategies.size() - MOST_NAMES;
    return more <= 1
        ? String.join(" = ", strategies)
        : String.join(" = ", strategies.subList(0, MOST_NAMES)) + " = " + more + " more";
  }
}
