// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import module java.base;

import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.apache.commons.statistics.inference.WilcoxonSignedRankTest;

/** Tests that ask nothing of the distribution, two-sided; and Holm's correction for many. */
final class RankTest {
  /** How often a difference may be found where there is none. */
  static final double ALPHA = 0.05;

  /** Below this neither test can find anything. */
  static final int FEWEST = 4;

  private RankTest() {}

  /** Wilcoxon's signed-rank test, on ratios where it can. */
  static double paired(double[] base, double[] head) {
    return signedRank(differences(base, head));
  }

  /** Logarithms of the pairs' ratios if all are positive, otherwise how much more each is. */
  static double[] differences(double[] base, double[] head) {
    boolean positive =
        Arrays.stream(base).allMatch(v -> v > 0) && Arrays.stream(head).allMatch(v -> v > 0);
    double[] differences = new double[base.length];
    Arrays.setAll(differences, i -> positive ? Math.log(head[i] / base[i]) : head[i] - base[i]);
    return differences;
  }

  static double signedRank(double[] differences) {
    boolean anyChange = Arrays.stream(differences).anyMatch(d -> d != 0);
    return anyChange ? WilcoxonSignedRankTest.withDefaults().test(differences).getPValue() : 1;
  }

  /** Mann and Whitney's test. */
  static double unpaired(double[] base, double[] head) {
    return MannWhitneyUTest.withDefaults().test(base, head).getPValue();
  }

  /** Holm's step-down: with these, the chance of any false alarm is alpha. */
  static double[] holm(double[] p) {
    int[] order =
        IntStream.range(0, p.length)
            .boxed()
            .sorted((a, b) -> Double.compare(p[a], p[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] adjusted = new double[p.length];
    double highest = 0;
    for (int i = 0; i < order.length; i++) {
      highest = Math.max(highest, Math.min(1, p[order[i]] * (p.length - i)));
      adjusted[order[i]] = highest;
    }
    return adjusted;
  }

  /** The fewest samples with which the test can reach alpha among so many tests. */
  static int fewest(boolean paired, int tests) {
    int n = FEWEST;
    while (smallestP(paired, n) * tests >= ALPHA) {
      n++;
    }
    return n;
  }

  /** All on one side: 2 of 2^n signs, or 2 of (2n over n) orders. */
  private static double smallestP(boolean paired, int n) {
    double p = 2;
    for (int i = 1; i <= n; i++) {
      p *= paired ? 0.5 : (double) i / (n + i);
    }
    return p;
  }
}
