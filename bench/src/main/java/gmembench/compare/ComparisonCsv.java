// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.result.Cell;
import gmembench.result.Metric;
import gmembench.result.ResultFolder;

/** A comparison for scripts: every row, numbers in the metric's unit, absent is empty. */
@AutoService(ComparisonFormat.class)
public record ComparisonCsv() implements ComparisonFormat {
  private static final List<String> COLUMNS =
      Cell.row(
          List.of(),
          Cell.COLUMNS,
          List.of(
              "metric",
              "better",
              "verdict",
              "regression",
              "base",
              "head",
              "ratio",
              "ratio_low95",
              "ratio_high95",
              "p",
              "p_holm",
              "kind",
              "base_n",
              "head_n",
              "more_reps",
              "note"));

  @Override
  public String why() {
    return "every row for scripts, numbers in the unit of the metric";
  }

  @Override
  public String text(Comparison comparison) {
    StringBuilder out = new StringBuilder(ResultFolder.line(COLUMNS));
    comparison.rows().forEach(row -> out.append(ResultFolder.line(values(row))));
    return out.toString();
  }

  private static List<String> values(Difference r) {
    List<String> values =
        List.of(
            r.metric().name(),
            r.metric().better().text(),
            r.verdict().name().toLowerCase(Locale.ROOT),
            Boolean.toString(r.isRegression()),
            r.base().text(),
            r.head().text(),
            Metric.number(r.effect().ratio()),
            Metric.number(r.effect().low()),
            Metric.number(r.effect().high()),
            Metric.number(r.p()),
            Metric.number(r.pHolm()),
            r.kind().name().toLowerCase(Locale.ROOT),
            r.base().n() == 0 ? "" : Integer.toString(r.base().n()),
            r.head().n() == 0 ? "" : Integer.toString(r.head().n()),
            r.more() == 0 ? "" : Long.toString(r.more()),
            r.note());
    return Cell.row(List.of(), r.cell().values(), values);
  }
}
