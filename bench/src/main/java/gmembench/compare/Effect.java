// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import gmembench.Units;
import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.commons.statistics.descriptive.Median;

/**
 * HEAD over BASE with a 95 % interval by bootstrap; an exact ratio is its own interval.
 *
 * @param ratio NaN if it is not known, infinite if only BASE is 0
 */
public record Effect(double ratio, double low, double high) {
  static final Effect UNKNOWN = new Effect(Double.NaN, Double.NaN, Double.NaN);

  private static final int RESAMPLES = 2000;
  private static final Median MEDIAN = Median.withDefaults();

  static Effect exact(double base, double head) {
    double ratio = base == head ? 1 : head / base;
    return new Effect(ratio, ratio, ratio);
  }

  /** The median of the pairs' ratios: what drifts is in both of a pair and cancels. */
  static Effect paired(double[] base, double[] head, long seed) {
    double[] ratios = new double[base.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = head[i] / base[i];
    }
    Resampler resampler = new Resampler(ratios, seed);
    double[] draws = new double[RESAMPLES];
    Arrays.setAll(draws, i -> resampler.median());
    return of(MEDIAN.evaluate(ratios), draws);
  }

  /** The ratio of the medians. */
  static Effect unpaired(double[] base, double[] head, long seed) {
    Resampler bases = new Resampler(base, seed);
    Resampler heads = new Resampler(head, ~seed);
    double[] draws = new double[RESAMPLES];
    Arrays.setAll(draws, i -> heads.median() / bases.median());
    return of(MEDIAN.evaluate(head) / MEDIAN.evaluate(base), draws);
  }

  private static Effect of(double ratio, double[] draws) {
    if (Double.isNaN(ratio)) {
      return UNKNOWN;
    }
    Arrays.sort(draws);
    int tail = RESAMPLES / 40;
    return new Effect(ratio, draws[tail - 1], draws[RESAMPLES - tail]);
  }

  public boolean isKnown() {
    return !Double.isNaN(ratio);
  }

  /** Whether the whole interval is nearer to 1 than the threshold, either way. */
  boolean isWithin(double threshold) {
    return low >= 1 / (1 + threshold) && high <= 1 + threshold;
  }

  boolean excludesNoChange() {
    return low > 1 || high < 1;
  }

  /** {@code +3.2 %}. */
  public String percent() {
    return percent(ratio);
  }

  /** {@code -1.0..+4.2}, in percent. */
  public String range() {
    return Double.isNaN(low) ? "-" : signed(low) + ".." + signed(high);
  }

  private static String percent(double ratio) {
    if (Double.isInfinite(ratio)) {
      return "from 0";
    }
    return Double.isNaN(ratio) ? "-" : signed(ratio) + " %";
  }

  /** Two decimals, or as many as a tiny but real change needs. */
  private static String signed(double ratio) {
    double percent = (ratio - 1) * 100;
    double size = Math.abs(percent);
    int digits = size == 0 || size >= 10 ? 1 : size >= 0.01 ? 2 : size >= 0.0001 ? 4 : 6;
    return (percent >= 0 ? "+" : "") + Units.decimal(percent, digits);
  }

  /** Draws medians of resamples: indices of the sorted values are counted, nothing is sorted. */
  private static final class Resampler {
    private final double[] sorted;
    private final int[] counts;
    private final UniformRandomProvider random;

    Resampler(double[] values, long seed) {
      this.sorted = values.clone();
      Arrays.sort(sorted);
      this.counts = new int[sorted.length];
      this.random = RandomSource.XO_SHI_RO_256_PP.create(seed);
    }

    double median() {
      int n = sorted.length;
      Arrays.fill(counts, 0);
      for (int i = 0; i < n; i++) {
        counts[random.nextInt(n)]++;
      }
      int at = -1;
      int below = 0;
      int middle = (n - 1) / 2;
      while (below <= middle) {
        below += counts[++at];
      }
      if (n % 2 == 1 || below > middle + 1) {
        return sorted[at];
      }
      int next = at + 1;
      while (counts[next] == 0) {
        next++;
      }
      return (sorted[at] + sorted[next]) / 2;
    }
  }
}
