// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.Text;
import org.apache.commons.csv.CSVRecord;

/**
 * What one row of results is of, in the order of the columns; every part is a label as printed.
 * {@code costs} is empty but for the model; strategy and backing are empty where trackers are timed
 * alone.
 */
public record Cell(
    String engine, String workload, String strategy, String backing, String tracker, String costs) {

  /** As the columns are called in every file that has them all. */
  public static final List<String> COLUMNS =
      List.of("engine", "workload", "strategy", "backing", "tracker", "costs");

  /** A cell of as many values as there are {@link #COLUMNS}, in their order. */
  public static Cell of(List<String> values) {
    return new Cell(
        values.get(0), values.get(1), values.get(2), values.get(3), values.get(4), values.get(5));
  }

  /** The cell that stands in a row of a file from a column on. */
  public static Cell of(Path file, CSVRecord row, int from) {
    List<String> values = row.toList().subList(from, from + COLUMNS.size());
    if (!values.stream().allMatch(Text::isName)) { // where is a text of its own for every row
      values.forEach(name -> Text.requireName(name, file + ":" + row.getRecordNumber()));
    }
    return of(values);
  }

  /** A value for each of {@link #COLUMNS}. */
  public List<String> values() {
    return List.of(engine, workload, strategy, backing, tracker, costs);
  }

  /** A row of a file: what stands before a cell, the cell, and what stands after it. */
  public static List<String> row(List<String> before, List<String> cell, List<String> after) {
    return Stream.of(before, cell, after).flatMap(List::stream).toList();
  }

  /** On one thread or on several. */
  public boolean isLive() {
    return isLive(engine);
  }

  public static boolean isLive(String engine) {
    return engine.equals("live") || engine.startsWith("live:");
  }

  /** The model's results are integers without noise; what is not its own is measured. */
  public boolean isExact() {
    return engine.equals("model") || engine.startsWith("model:");
  }

  /** The strategy without its options. */
  public String strategyName() {
    int colon = strategy.indexOf(':');
    return colon < 0 ? strategy : strategy.substring(0, colon);
  }

  /** What it is compared within: the same but for the strategy. */
  public Cell block() {
    return new Cell(engine, workload, "", backing, tracker, costs);
  }

  /** {@code live/ovmf-boot/snp/memfd/bitmap/}: the tag of its histograms. */
  public String path() {
    return String.join("/", values());
  }
}
