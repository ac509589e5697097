// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import java.util.Arrays;
import org.apache.commons.statistics.descriptive.Median;

/**
 * A median with its distribution-free 95 % confidence interval.
 *
 * @param n how many values
 * @param low a bound, NaN if there are too few values for 95 % (fewer than 6)
 */
public record Interval(int n, double median, double low, double high) {
  /** Order statistics: ranks k and n + 1 - k cover the median with 1 - 2 P(Bin(n, 1/2) < k). */
  public static Interval ofMedian(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double median = Median.withDefaults().evaluate(sorted);
    int k = rank(sorted.length);
    return k == 0
        ? new Interval(sorted.length, median, Double.NaN, Double.NaN)
        : new Interval(sorted.length, median, sorted[k - 1], sorted[sorted.length - k]);
  }

  /** The largest k for which the interval still covers 95 %; 0 if none does. */
  private static int rank(int n) {
    double tail = 0;
    double term = Math.pow(0.5, n);
    int k = 0;
    while (k < n / 2 && tail + term <= 0.025) {
      tail += term;
      term = term * (n - k) / (k + 1);
      k++;
    }
    return k;
  }

  public boolean isKnown() {
    return !Double.isNaN(low);
  }
}
