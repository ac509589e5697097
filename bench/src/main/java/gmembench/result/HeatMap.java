// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import gmembench.Units;
import java.util.List;

/**
 * Where a workload converts when: conversions in cells of time and gfn, rows going upwards.
 *
 * @param gfn first page of the lowest row
 * @param rowPages pages a row
 * @param columnNs time a column
 */
public record HeatMap(
    String workload, int columns, int rows, Count count, long gfn, long rowPages, long columnNs) {
  /** The file that every run writes. */
  public static final String FILE = "heat.csv";

  public static final List<String> COLUMNS =
      List.of("workload", "at_ns", "column_ns", "gfn", "row_pages", "conversions");

  /** Conversions in a cell. */
  public interface Count {
    long of(int column, int row);
  }

  /** A row for each cell in which anything is converted. */
  public static String csv(List<HeatMap> heats) {
    StringBuilder rows = new StringBuilder(ResultFolder.line(COLUMNS));
    for (HeatMap heat : heats) {
      for (int i = 0; i < heat.columns; i++) {
        for (int j = 0; j < heat.rows; j++) {
          if (heat.count.of(i, j) > 0) {
            rows.append(ResultFolder.line(heat.row(i, j)));
          }
        }
      }
    }
    return rows.toString();
  }

  private List<String> row(int i, int j) {
    return List.of(
        workload,
        Long.toString(i * columnNs),
        Long.toString(columnNs),
        Units.hex(gfn + j * rowPages),
        Long.toString(rowPages),
        Long.toString(count.of(i, j)));
  }
}
