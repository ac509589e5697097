// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import gmembench.compare.Difference.Kind;
import gmembench.compare.Difference.Sample;
import gmembench.result.Metric;
import java.util.Arrays;
import org.apache.commons.statistics.descriptive.Median;

/** Measured values of a metric on both sides; in pairs, the same index is the same pair. */
final class Values {
  private final Kind kind;
  private final double[] base;
  private final double[] head;

  Values(Kind kind, double[] base, double[] head) {
    this.kind = kind;
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
    return isPaired() ? RankTest.paired(base, head) : RankTest.unpaired(base, head);
  }

  /** Unknown where a value of BASE is 0. */
  Effect effect(long seed) {
    if (isEmpty() || Arrays.stream(base).anyMatch(v -> v <= 0)) {
      return Effect.UNKNOWN;
    }
    return isPaired() ? Effect.paired(base, head, seed) : Effect.unpaired(base, head, seed);
  }
}
