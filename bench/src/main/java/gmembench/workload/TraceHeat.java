// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

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

  /** Over the gfns that the trace converts, in so many columns and at most so many rows. */
  public static TraceHeat of(Trace trace, int columns, int rows) {
    long[] bounds = {Long.MAX_VALUE, 0, 0};
    trace.forEach((atNs, vcpu, op, gfn, pages) -> {
      if (op.isConversion()) {
        bounds[0] = Math.min(bounds[0], gfn);
        bounds[1] = Math.max(bounds[1], gfn + pages);
        bounds[2] = atNs;
      }
    });
    long first = bounds[1] == 0 ? 0 : bounds[0];
    long rowPages = Math.max(1, (bounds[1] - first + rows - 1) / rows);
    long columnNs = bounds[2] / columns + 1;
    long[][] counts = new long[columns][rows];
    trace.forEach((atNs, vcpu, op, gfn, pages) -> {
      if (op.isConversion()) {
        long[] column = counts[(int) (atNs / columnNs)];
        long last = (gfn + pages - 1 - first) / rowPages;
        for (long row = (gfn - first) / rowPages; row <= last; row++) {
          column[(int) row]++;
        }
      }
    });
    return new TraceHeat(counts, first, rowPages, columnNs);
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
