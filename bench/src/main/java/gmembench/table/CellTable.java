// SPDX-License-Identifier: Apache-2.0
package gmembench.table;

import module java.base;

import gmembench.Ticks;
import gmembench.Units;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Interval;
import gmembench.result.Metric;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.result.Samples;

/** What a run prints: a table for each block of cells that differ only in their strategy. */
public final class CellTable {
  private CellTable() {}

  /** Live cells in the unit of the clock of those who measured. */
  public static String of(Samples samples, Ticks ticks) {
    Map<Cell, Map<Cell, List<Repetition>>> blocks = new LinkedHashMap<>();
    samples
        .byCell()
        .forEach((cell, entries) ->
            blocks.computeIfAbsent(cell.block(), b -> new LinkedHashMap<>()).put(cell, entries));
    StringBuilder out = new StringBuilder();
    blocks.forEach(
        (block, cells) -> append(out, block, cells, ticks.unlessModelled(block.isLive())));
    return out.toString();
  }

  private static void append(
      StringBuilder out, Cell block, Map<Cell, List<Repetition>> cells, Ticks ticks) {
    ShortNames names = ShortNames.of(cells.keySet().stream().map(Cell::strategy).toList());
    Table table =
        new Table(
            "strategy",
            "total " + ticks.unit(2),
            "95 %",
            "p50 " + ticks.unit(1),
            "p99 " + ticks.unit(1),
            "p99.9 " + ticks.unit(1),
            "double-alloc");
    List<String> same =
        cells.values().stream().flatMap(List::stream).map(CellTable::reason).distinct().toList();
    if (cells.size() > 1 && same.size() == 1 && !same.getFirst().isEmpty()) {
      out.append(title(block, 0)).append("\nall ").append(same.getFirst()).append("\n\n");
      return;
    }
    StringBuilder reasons = new StringBuilder();
    cells.forEach((cell, entries) -> appendCell(table, reasons, names, cell, entries));
    int reps = cells.values().stream().mapToInt(CellTable::finished).max().orElse(0);
    out.append(title(block, reps)).append('\n');
    if (reps > 0) {
      out.append(table).append(names.legend());
    }
    out.append(reasons).append('\n');
  }

  private static String title(Cell block, int reps) {
    String title = String.join(", ", block.engine(), block.workload(), block.backing());
    title += ", " + block.tracker() + (block.isLive() ? "" : ", " + block.costs());
    if (reps == 0) {
      return title;
    }
    return title + (block.isLive() ? "; medians of " + reps + ", 95 % intervals" : "; exact");
  }

  private static int finished(List<Repetition> entries) {
    return (int) entries.stream().filter(e -> e.status() == Status.OK).count();
  }

  private static void appendCell(
      Table table, StringBuilder reasons, ShortNames names, Cell cell, List<Repetition> entries) {
    List<Repetition> fine = entries.stream().filter(e -> e.status() == Status.OK).toList();
    if (!fine.isEmpty()) {
      Interval total = interval(fine, Declared.TOTAL_NS);
      table.row(
          names.of(cell.strategy()),
          scaled(total.median(), 1e6, 2),
          total.isKnown() && cell.isLive()
              ? scaled(total.low(), 1e6, 2) + ".." + scaled(total.high(), 1e6, 2)
              : "-",
          scaled(interval(fine, Declared.CONVERT_P50_NS).median(), 1e3, 2),
          scaled(interval(fine, Declared.CONVERT_P99_NS).median(), 1e3, 2),
          scaled(interval(fine, Declared.CONVERT_P999_NS).median(), 1e3, 2),
          Units.size((long) interval(fine, Declared.DOUBLE_ALLOCATED_PEAK_BYTES).median()));
    }
    for (Repetition entry : entries) {
      if (entry.status() != Status.OK) {
        reasons.append(names.of(cell.strategy()) + "  " + reason(entry) + "\n");
      }
    }
  }

  /** "unsupported: why", or nothing if there are figures. */
  private static String reason(Repetition entry) {
    return switch (entry.status()) {
      case OK -> "";
      case FAILED -> "failed: " + entry.reason();
      case UNSUPPORTED -> "unsupported: " + entry.reason();
    };
  }

  private static Interval interval(List<Repetition> entries, Metric metric) {
    return Interval.ofMedian(
        entries.stream().filter(e -> e.has(metric)).mapToDouble(e -> e.number(metric)).toArray());
  }

  private static String scaled(double ns, double unit, int digits) {
    return Double.isNaN(ns) ? "-" : Units.decimal(ns / unit, digits);
  }
}
