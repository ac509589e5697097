// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.DoubleStream;
import org.jfree.chart.axis.LogAxis;
import org.junit.jupiter.api.Test;

/** A run of one strategy, or of values that are all 0, has charts too. */
class LogScaleTest {
  @Test
  void aSingleValueHasRoomAroundIt() {
    LogAxis axis = LogScale.axis("x", 10, DoubleStream.of(7, 7));
    assertThat(axis.getLowerBound()).isLessThan(7 / 2.0);
    assertThat(axis.getUpperBound()).isGreaterThan(7 * 2.0);
  }

  @Test
  void valuesThatHaveNoLogarithmAreLeftOut() {
    LogAxis axis = LogScale.axis("x", 10, DoubleStream.of(0, Double.NaN, 1, 100));
    assertThat(axis.getLowerBound()).isBetween(0.5, 1.0);
    assertThat(axis.getUpperBound()).isBetween(100.0, 200.0);
    assertThat(LogScale.axis("x", 2, DoubleStream.of(0)).getUpperBound()).isPositive();
  }

  @Test
  void percentilesAreOnHdrHistogramsScale() {
    assertThat(TickLabels.PERCENTILES.format(1)).isEqualTo("0");
    assertThat(TickLabels.PERCENTILES.format(10)).isEqualTo("90");
    assertThat(TickLabels.PERCENTILES.format(1000)).isEqualTo("99.9");
    assertThat(TickLabels.PLAIN.format(0.01)).isEqualTo("0.01");
  }
}
