// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import gmembench.Ticks;
import gmembench.compare.Difference.Kind;
import gmembench.compare.Difference.Sample;
import gmembench.result.Metric;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.apache.commons.statistics.descriptive.Median;

/** Measured values of a metric on both sides; in pairs, the same index is the same pair. */
final class Values {
  private final Kind kind;
  private final boolean isCounted;
  private final double[] base;
  private final double[] head;

  /**
   * @param ticks the unit of what was measured
   */
  Values(Kind kind, Ticks ticks, double[] base, double[] head) {
    this.kind = kind;
    this.isCounted =
        ticks == Ticks.INSTRUCTIONS
            && kind == Kind.PAIRED
            && DoubleStream.concat(Arrays.stream(base), Arrays.stream(head)).allMatch(v -> v > 0);
    this.base = base;
    this.head = head;
  }

  boolean isPaired() {
    return kind == Kind.PAIRED;
  }

  /** How many the side with fewer has. */
  int fewer() {
    return Math.min(base.length, head.length);
  }

  boolean isEmpty() {
    return fewer() == 0;
  }

  Sample base() {
    return sample(base);
  }

  Sample head() {
    return sample(head);
  }

  private Sample sample(double[] values) {
    double median = values.length == 0 ? Double.NaN : Median.withDefaults().evaluate(values);
    return new Sample(values.length, median, Metric.number(median), kind);
  }

  double p() {
    return isCounted
        ? CountedTest.paired(base, head)
        : isPaired() ? RankTest.paired(base, head) : RankTest.unpaired(base, head);
  }

  /** Below this no test can find anything. */
  int fewest() {
    return isCounted ? CountedTest.FEWEST : RankTest.FEWEST;
  }

  /** The fewest with which the test can reach alpha among so many. */
  int fewest(int tests) {
    return isCounted ? CountedTest.FEWEST : RankTest.fewest(isPaired(), tests);
  }

  /** Unknown where a value of BASE is 0. */
  Effect effect(long seed) {
    if (isEmpty() || Arrays.stream(base).anyMatch(v -> v <= 0)) {
      return Effect.UNKNOWN;
    }
    return isPaired() ? Effect.paired(base, head, seed) : Effect.unpaired(base, head, seed);
  }
}
