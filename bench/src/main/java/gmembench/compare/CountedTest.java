// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import java.util.Arrays;
import org.apache.commons.statistics.inference.TTest;

/**
 * Student's t-test of pairs' ratios, two-sided, for counts of instructions: nothing drifts there,
 * and boots differ by hundredths of a percent, so that a few pairs tell what ranks can tell of six
 * at the earliest. A boot with more housekeeping than the others makes it find less, not more.
 */
final class CountedTest {
  /** Two would have a variance of one difference. */
  static final int FEWEST = 3;

  private CountedTest() {}

  static double paired(double[] base, double[] head) {
    double[] ratios = RankTest.differences(base, head);
    boolean isSteady = Arrays.stream(ratios).allMatch(r -> r == ratios[0]);
    return isSteady ? ratios[0] == 0 ? 1 : 0 : TTest.withDefaults().test(ratios).getPValue();
  }
}
