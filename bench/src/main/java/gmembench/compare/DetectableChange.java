// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import module java.base;

import gmembench.InputException;
import gmembench.result.Cell;
import gmembench.result.Environment;
import org.apache.commons.csv.CSVRecord;

/**
 * What {@code aa} found on a host: the smallest change that it can tell from none, in percent, by
 * cell; where a cell was not measured, the largest of its engine.
 */
public record DetectableChange(Map<Cell, Double> byCell) {
  /** Nothing is known: nothing is warned of. */
  public static final DetectableChange NONE = new DetectableChange(Map.of());

  static final List<String> COLUMNS =
      Cell.row(
          List.of(),
          AaTrials.LIVE_COLUMNS,
          List.of(
              "pairs",
              "trials",
              "false_alarms_abba",
              "false_alarms_sequential",
              "detectable_percent"));

  /** Reads an aa.csv. */
  public static DetectableChange read(Path file) {
    Map<Cell, Double> byCell = new HashMap<>();
    int line = 1;
    for (CSVRecord row : Environment.rows(file, COLUMNS)) {
      line++;
      Cell cell = new Cell(row.get(0), row.get(1), row.get(2), row.get(3), row.get(4), "");
      byCell.put(cell, percent(file, line, row.get(9)));
    }
    return new DetectableChange(byCell);
  }

  private static double percent(Path file, int line, String text) {
    try {
      double percent = Double.parseDouble(text);
      if (percent >= 0) {
        return percent;
      }
    } catch (NumberFormatException e) {
      // said below, with what is no number
    }
    throw new InputException(
        file.toString(), line, "detectable_percent '" + text + "'", "a number from 0");
  }

  double percent(Cell cell) {
    double largest = 0;
    for (Map.Entry<Cell, Double> each : byCell.entrySet()) {
      if (each.getKey().engine().equals(cell.engine())) {
        largest = Math.max(largest, each.getValue());
      }
    }
    return cell.isExact() ? 0 : byCell.getOrDefault(cell, largest);
  }
}
