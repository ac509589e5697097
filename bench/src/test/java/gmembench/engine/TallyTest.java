// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Latencies enter as they are: none is cut to what a histogram was made for. */
class TallyTest {
  private static final long HOUR_NS = 3_600_000_000_000L;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void noLatencyIsCut(boolean grows) {
    Tally tally = new Tally(grows);
    Tally other = new Tally(grows);
    tally.add(1000, 1);
    other.add(100 * HOUR_NS, 2);
    tally.add(other);
    assertThat(tally.count()).isEqualTo(2);
    assertThat(tally.pages()).isEqualTo(3);
    assertThat(tally.totalNs()).isEqualTo(100 * HOUR_NS + 1000);
    assertThat(tally.histogram().getMaxValue() / 1e12).isBetween(360.0, 360.4);
    tally.add(Long.MAX_VALUE - 100 * HOUR_NS, 0);
    assertThatThrownBy(tally::totalNs).isInstanceOf(ArithmeticException.class);
  }
}
