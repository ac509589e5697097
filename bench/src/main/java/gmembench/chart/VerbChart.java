// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.Ticks;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Metric;
import gmembench.result.Repetition;
import gmembench.result.Results;
import org.apache.commons.statistics.descriptive.Median;
import org.jfree.data.category.DefaultCategoryDataset;

/** Where a conversion's instructions go, in results of scripts/kernel-lab. */
@AutoService(ChartKind.class)
public record VerbChart() implements ChartKind {
  private static final List<String> VERBS =
      List.of("attribute", "rebind", "allocate", "discard", "touch");

  @Override
  public String why() {
    return "live, in instructions: what each verb takes of a conversion";
  }

  @Override
  public Part part() {
    return new Part(35, "Where a conversion's instructions go");
  }

  /** One for all workloads: a bar is a verb of a workload and a strategy. */
  @Override
  public List<Chart> of(Results results) {
    if (results.env().ticks() != Ticks.INSTRUCTIONS) {
      return List.of();
    }
    DefaultCategoryDataset data = new DefaultCategoryDataset();
    Charts.blocks(results, Cell::isLive)
        .forEach((block, strategies) ->
            strategies.forEach((strategy, entries) ->
                add(data, block.workload() + ", " + strategy.split(":", 2)[0], entries)));
    return data.getColumnCount() == 0 ? List.of() : List.of(chart(data));
  }

  private static void add(DefaultCategoryDataset data, String category, List<Repetition> entries) {
    for (String verb : VERBS) {
      Metric total = Declared.VERB_TOTAL_NS.of(verb);
      double[] each =
          entries.stream()
              .filter(e -> e.has(total) && e.number(Declared.CONVERSIONS) > 0)
              .mapToDouble(e -> e.number(total) / e.number(Declared.CONVERSIONS) / 1000)
              .toArray();
      if (each.length > 0) {
        data.addValue(Median.withDefaults().evaluate(each), verb, category);
      }
    }
  }

  private static Chart chart(DefaultCategoryDataset data) {
    return new Chart(
        "verbs",
        Chart.withSubtitle(
            Bars.drawing(
                "Where a conversion's instructions go",
                Ticks.INSTRUCTIONS.unit(1) + " a conversion",
                data),
            "live, medians over repetitions; instructions are no cycles"),
        900,
        150 + 22 * data.getColumnCount() * data.getRowCount());
  }
}
