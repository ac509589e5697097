// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.Repetition;
import gmembench.result.Results;
import gmembench.result.Samples;
import gmembench.result.WrittenMetrics;
import org.jfree.data.category.CategoryDataset;
import org.junit.jupiter.api.Test;

/** A verb's total over the conversions of the replay, in the axis' unit. */
class VerbChartTest {
  private static List<Chart> charts(Map<String, String> env) {
    Cell cell = new Cell("live", "w", "lazy-discard:budget=1MiB", "memfd", "bitmap", "");
    Cell model = new Cell("model", "w", "snp", "memfd", "bitmap", "costs");
    Map<String, String> metrics =
        Map.of(
            "total_ns", "1000000",
            "conversions", "4",
            "attribute_total_ns", "60000",
            "touch_total_ns", "8000",
            "guest_exit_total_ns", "7");
    List<Repetition> entries =
        Stream.of(cell, model)
            .map(c -> Repetition.of(c, 1, WrittenMetrics.of(metrics), Map.of(), List.of()))
            .toList();
    Path folder = Path.of("x");
    return new VerbChart()
        .of(new Results(folder, new Samples(folder, entries), new Environment(env), true));
  }

  /** By hand: 60,000 instructions of 4 conversions are 15 k each; the model has none. */
  @Test
  void aBarIsAVerbOfAConversion() {
    List<Chart> charts = charts(Map.of("clock", "instructions"));
    assertThat(charts).hasSize(1);
    CategoryDataset data = charts.get(0).drawing().getCategoryPlot().getDataset();
    assertThat((Object) data.getColumnKeys()).isEqualTo(List.of("w, lazy-discard"));
    assertThat((Object) data.getRowKeys()).isEqualTo(List.of("attribute", "touch"));
    assertThat(data.getValue("attribute", "w, lazy-discard")).isEqualTo(15.0);
    assertThat(data.getValue("touch", "w, lazy-discard")).isEqualTo(2.0);
    assertThat(charts.get(0).drawing().getCategoryPlot().getRangeAxis().getLabel())
        .isEqualTo("k insn a conversion");
  }

  @Test
  void timesHaveOtherCharts() {
    assertThat(charts(Map.of())).isEmpty();
  }
}
