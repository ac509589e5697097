// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import module java.base;

import gmembench.Ticks;
import gmembench.Units;
import gmembench.result.Cell;
import gmembench.result.Metric;
import org.apache.commons.statistics.descriptive.Median;

/**
 * Two kernels (hosts, command lines) as a patch's cover letter shows them: a table of strategies,
 * and for each which verbs took how much, so that one sees which path of the kernel changed.
 */
final class AcrossMarkdown {
  private static final String TOTAL = "total_ns";
  private static final String VERB = "_total_ns";

  private AcrossMarkdown() {}

  /** Nothing if the results were not compared across anything. */
  static void append(StringBuilder out, Comparison c) {
    if (c.across() == Across.NOTHING) {
      return;
    }
    String fact = c.across().fact();
    out.append("Base: ").append(fact).append(' ').append(escape(c.base().env().get(fact)));
    out.append(". Head: ").append(fact).append(' ').append(escape(c.head().env().get(fact)));
    out.append(".\n\n");
    Map<Cell, List<Difference>> blocks = new LinkedHashMap<>();
    for (Difference row : c.rows()) {
      if (row.cell().isLive() && row.metric().name().equals(TOTAL) && row.effect().isKnown()) {
        blocks.computeIfAbsent(row.cell().block(), b -> new ArrayList<>()).add(row);
      }
    }
    blocks.forEach((block, rows) -> {
      out.append(escape(block.workload())).append(" on ").append(escape(block.backing()));
      out.append(", ").append(escape(block.engine())).append(", ").append(block.tracker());
      out.append(", ").append(c.ticks(block).text()).append(":\n\n");
      out.append("| strategy | base | head | change | 95 % | verdict |\n");
      out.append("|---|--:|--:|--:|--:|---|\n");
      rows.forEach(row -> strategy(out, c, row));
      out.append('\n');
      rows.forEach(row -> verbs(out, c, row.cell()));
      out.append('\n');
    });
  }

  private static void strategy(StringBuilder out, Comparison c, Difference row) {
    List<String> cells =
        List.of(
            escape(row.cell().strategy()),
            ComparisonText.value(c, row, row.base()),
            ComparisonText.value(c, row, row.head()),
            row.effect().percent(),
            Double.isNaN(row.p()) ? "-" : row.effect().range(),
            row.verdict().text());
    out.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  /** Medians over all repetitions: they say where a change is, the table says whether it is one. */
  private static void verbs(StringBuilder out, Comparison c, Cell cell) {
    Ticks ticks = c.ticks(cell);
    List<String> parts = new ArrayList<>();
    for (String metric : verbsOf(c, cell)) {
      double base = median(c.base().samples().values(cell, Metric.named(metric)));
      double head = median(c.head().samples().values(cell, Metric.named(metric)));
      if (base > 0 && head > 0) {
        parts.add(
            metric.substring(0, metric.length() - VERB.length())
                + " "
                + ticks.show(base)
                + " to "
                + ticks.show(head)
                + (" (" + (head >= base ? "+" : ""))
                + Units.decimal(100 * (head / base - 1), 1)
                + " %)");
      }
    }
    if (!parts.isEmpty()) {
      out.append("- ").append(escape(cell.strategyName())).append(": ");
      out.append(String.join(", ", parts)).append('\n');
    }
  }

  private static List<String> verbsOf(Comparison c, Cell cell) {
    return c.base().samples().byCell().getOrDefault(cell, List.of()).stream()
        .flatMap(e -> e.metrics().all().stream())
        .map(Metric::name)
        .filter(name -> name.endsWith(VERB))
        .distinct()
        .toList();
  }

  private static double median(double[] values) {
    return values.length == 0 ? Double.NaN : Median.withDefaults().evaluate(values);
  }

  private static String escape(String text) {
    return ComparisonMarkdown.escape(text);
  }
}
