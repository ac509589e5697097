// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.InputException;
import org.apache.commons.csv.CSVRecord;

/**
 * A line of plan.csv: a cell that is to be run.
 *
 * @param shard which part of the run does it, from 1
 */
public record PlannedCell(int shard, Cell cell, int reps) {
  static final String FILE = "plan.csv";

  private static final List<String> COLUMNS =
      Cell.row(List.of("shard"), Cell.COLUMNS, List.of("reps"));

  /** All of them with a header, in their order. */
  public static String csv(List<PlannedCell> cells) {
    StringBuilder out = new StringBuilder(ResultFolder.line(COLUMNS));
    for (PlannedCell p : cells) {
      out.append(
          ResultFolder.line(
              Cell.row(
                  List.of(Integer.toString(p.shard)),
                  p.cell.values(),
                  List.of(Integer.toString(p.reps)))));
    }
    return out.toString();
  }

  /** The plan of a results folder. */
  public static List<PlannedCell> read(Path folder) {
    Path file = folder.resolve(FILE);
    return Environment.rows(file, COLUMNS).stream().map(row -> of(file, row)).toList();
  }

  private static PlannedCell of(Path file, CSVRecord row) {
    return new PlannedCell(number(file, row, 0), Cell.of(file, row, 1), number(file, row, 7));
  }

  private static int number(Path file, CSVRecord row, int column) {
    long number = Environment.whole(file, row, column);
    if (number > Integer.MAX_VALUE) {
      throw new InputException(
          file.toString(), row.getRecordNumber(), "'" + number + "'", "a number below 2^31");
    }
    return (int) number;
  }
}
