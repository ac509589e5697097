// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

/** Where a trace converts when: conversions in cells of time and gfn. */
public final class TraceHeat {
  private final long[][] counts;
  private final long gfn;
  private final long rowPages;
  private final long columnNs;

  private TraceHeat(long[][] counts, long gfn, long rowPages, long columnNs) {
    this.counts = counts;
    this.gfn = gfn;
    this.rowPages = rowPages;
    this.columnNs = columnNs;
  }

  /** Over the gfns that the trace converts, in up to so many columns and rows. */
  public static TraceHeat of(Trace trace, int columns, int rows) {
    long[] bounds = {Long.MAX_VALUE, 0};
    trace.forEach((atNs, vcpu, op, gfn, pages) -> {
      if (op.isConversion()) {
        bounds[0] = Math.min(bounds[0], gfn);
        bounds[1] = Math.max(bounds[1], gfn + pages);
      }
    });
    long first = bounds[1] == 0 ? 0 : bounds[0];
    long rowPages = Math.max(1, (bounds[1] - first + rows - 1) / rows);
    Columns time = new Columns(columns, rows);
    trace.forEach((atNs, vcpu, op, gfn, pages) -> {
      if (op.isConversion()) {
        long[] column = time.at(atNs);
        long last = (gfn + pages - 1 - first) / rowPages;
        for (long row = (gfn - first) / rowPages; row <= last; row++) {
          column[(int) row]++;
        }
      }
    });
    return new TraceHeat(time.counts, first, rowPages, time.columnNs);
  }

  /** As many columns as there may be; when time goes past them, two become one. */
  private static final class Columns {
    final long[][] counts;
    long columnNs = 1;

    Columns(int columns, int rows) {
      counts = new long[columns][rows];
    }

    long[] at(long atNs) {
      while (atNs / columnNs >= counts.length) {
        fold();
      }
      return counts[(int) (atNs / columnNs)];
    }

    private void fold() {
      columnNs *= 2;
      for (int i = 0; i < counts.length; i++) {
        for (int row = 0; row < counts[i].length; row++) {
          counts[i][row] = of(2 * i, row) + of(2 * i + 1, row);
        }
      }
    }

    private long of(int column, int row) {
      return column < counts.length ? counts[column][row] : 0;
    }
  }

  public int columns() {
    return counts.length;
  }

  public int rows() {
    return counts[0].length;
  }

  /** Conversions in a cell; rows go upwards. */
  public long count(int column, int row) {
    return counts[column][row];
  }

  /** First page of the lowest row. */
  public long gfn() {
    return gfn;
  }

  public long rowPages() {
    return rowPages;
  }

  public long columnNs() {
    return columnNs;
  }
}
