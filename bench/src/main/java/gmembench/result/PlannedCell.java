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
    Cell cell = Cell.of(row.toList().subList(1, 7));
    try {
      return new PlannedCell(Integer.parseInt(row.get(0)), cell, Integer.parseInt(row.get(7)));
    } catch (NumberFormatException e) {
      throw new InputException(
          file.toString(),
          row.getRecordNumber(),
          "shard '" + row.get(0) + "', reps '" + row.get(7) + "'",
          "whole numbers");
    }
  }
}
