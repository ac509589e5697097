// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.Units;

/** summary.csv: a line for every metric of every cell, over its repetitions. */
public final class Summary {
  private static final List<String> COLUMNS =
      Cell.row(
          List.of(),
          Cell.COLUMNS,
          List.of("status", "reason", "metric", "n", "median", "low95", "high95", "min", "max"));

  private Summary() {}

  public static String csv(Samples samples) {
    StringBuilder out = new StringBuilder(ResultFolder.line(COLUMNS));
    for (Map.Entry<Cell, List<Repetition>> cell : samples.byCell().entrySet()) {
      append(out, cell.getKey(), cell.getValue());
    }
    return out.toString();
  }

  private static void append(StringBuilder out, Cell cell, List<Repetition> entries) {
    for (Repetition e : entries) {
      if (e.metrics().isEmpty()) {
        out.append(row(cell, e, "", List.of("", "", "", "", "", "")));
      }
    }
    Set<Metric> metrics = new LinkedHashSet<>();
    entries.forEach(e -> metrics.addAll(e.metrics().all()));
    for (Metric metric : metrics) {
      List<Repetition> with = entries.stream().filter(e -> e.metrics().has(metric)).toList();
      out.append(row(cell, with.get(0), metric.name(), numbers(metric, with)));
    }
  }

  private static List<String> numbers(Metric metric, List<Repetition> entries) {
    if (metric.isText()) {
      String n = Integer.toString(entries.size());
      return List.of(n, String.valueOf(entries.get(0).metrics().written(metric)), "", "", "", "");
    }
    double[] values = entries.stream().mapToDouble(e -> e.metrics().number(metric)).toArray();
    Interval interval = Interval.ofMedian(values);
    return List.of(
        Integer.toString(interval.n()),
        number(interval.median()),
        interval.isKnown() ? number(interval.low()) : "",
        interval.isKnown() ? number(interval.high()) : "",
        number(Arrays.stream(values).min().orElse(Double.NaN)),
        number(Arrays.stream(values).max().orElse(Double.NaN)));
  }

  /** Whole numbers whole, others with up to nine decimals. */
  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : Units.decimal(value, 9).replaceFirst("0+$", "");
  }

  private static String row(Cell c, Repetition e, String metric, List<String> numbers) {
    List<String> what = List.of(e.status().name().toLowerCase(Locale.ROOT), e.reason(), metric);
    return ResultFolder.line(Cell.row(c.values(), what, numbers));
  }
}
