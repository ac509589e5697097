// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import module java.base;

import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.Repetition;
import gmembench.result.Results;
import gmembench.result.Samples;
import gmembench.result.WrittenMetrics;
import org.junit.jupiter.api.Test;

/** The numbers in a chart are in the unit that its axis names. */
class StrategyChartTest {
  @Test
  void unitsAreThoseOfTheAxes() {
    Cell cell = new Cell("live", "w", "snp", "memfd", "bitmap", "");
    Map<String, String> metrics =
        Map.of(
            "total_ns", "1000000",
            "conversions", "5000",
            "convert_p50_ns", "2000",
            "convert_p99_ns", "9000");
    Repetition entry = Repetition.of(cell, 1, WrittenMetrics.of(metrics), Map.of(), List.of());
    List<Chart> charts =
        new StrategyChart()
            .of(
                new Results(
                    Path.of("x"),
                    new Samples(Path.of("x"), List.of(entry)),
                    new Environment(Map.of()),
                    true));
    assertThat(charts).hasSize(2);
    // 5000 in a millisecond are 5 million a second
    assertThat(value(charts.get(0), 0)).isCloseTo(5000, within(1e-6));
    assertThat(charts.get(0).drawing().getXYPlot().getDomainAxis().getLabel())
        .startsWith("thousand conversions a second");
    assertThat(value(charts.get(1), 0)).isEqualTo(2);
    assertThat(value(charts.get(1), 1)).isEqualTo(9);
    assertThat(charts.get(1).drawing().getXYPlot().getDomainAxis().getLabel()).endsWith("(us)");
  }

  private static double value(Chart chart, int series) {
    return chart.drawing().getXYPlot().getDataset().getXValue(series, 0);
  }
}
