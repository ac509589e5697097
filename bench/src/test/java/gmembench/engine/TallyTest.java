// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
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

  /** More different latencies than have a place beside the histogram, asked for in between. */
  @Test
  void isAHistogramOfAll() {
    SplittableRandom random = new SplittableRandom(1);
    Tally tally = new Tally(true);
    Histogram all = new Histogram(3);
    long total = 0;
    for (int i = 0; i < 20_000; i++) {
      long ns = random.nextInt(4) == 0 ? random.nextLong(1 << 20) : random.nextLong(10) * 977;
      tally.add(ns, 1);
      all.recordValue(ns);
      total += ns;
      if (i % 5000 == 0) {
        assertThat(tally.histogram()).isEqualTo(all);
      }
    }
    assertThat(tally.histogram()).isEqualTo(all);
    assertThat(tally.totalNs()).isEqualTo(total);
    tally.reset();
    tally.add(977, 3);
    assertThat(tally.histogram().getTotalCount()).isEqualTo(1);
    assertThat(tally.count()).isEqualTo(1);
  }
}
