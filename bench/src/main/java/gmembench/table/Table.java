// SPDX-License-Identifier: Apache-2.0
package gmembench.table;

import module java.base;

/**
 * Aligned plain text, to be pasted into a mail: the first column to the left, others to the right.
 */
public final class Table {
  private final List<List<String>> rows = new ArrayList<>();
  private final int leftColumns;

  public Table(String... heading) {
    this(1, heading);
  }

  private Table(int leftColumns, String... heading) {
    this.leftColumns = leftColumns;
    rows.add(List.of(heading));
  }

  /** A table of words: every column to the left. */
  public static Table leftAligned(String... heading) {
    return new Table(heading.length, heading);
  }

  /** Adds a row of as many cells as the heading has; an absent value is "-". */
  public Table row(String... cells) {
    if (cells.length != rows.get(0).size()) {
      throw new IllegalArgumentException("a row of " + cells.length + " cells");
    }
    rows.add(List.of(cells));
    return this;
  }

  /** Lines without trailing blanks, each ended by a line feed. */
  @Override
  public String toString() {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String pad = " ".repeat(widths[i] - row.get(i).length());
        line.append(i == 0 ? "" : "  ")
            .append(i < leftColumns ? row.get(i) + pad : pad + row.get(i));
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    return out.toString();
  }
}
