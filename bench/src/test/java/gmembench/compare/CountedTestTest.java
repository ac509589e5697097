// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import module java.base;

import org.junit.jupiter.api.Test;

class CountedTestTest {
  /**
   * By hand: logarithms of -0.09, -0.10 and -0.11 have a mean of -0.10 and a deviation of 0.01, so
   * t is -0.10 / (0.01 / sqrt 3) = -17.32; with two degrees of freedom p is 1 - t / sqrt(2 + t^2) =
   * 1 - 17.3205 / 17.3781 = 0.00332.
   */
  @Test
  void isStudentsOfTheLogarithms() {
    double[] base = {1e6, 2e6, 3e6};
    double[] head = {1e6 * Math.exp(-0.09), 2e6 * Math.exp(-0.1), 3e6 * Math.exp(-0.11)};
    assertThat(CountedTest.paired(base, head)).isEqualTo(0.00332, within(1e-5));
    assertThat(CountedTest.paired(head, base)).isEqualTo(0.00332, within(1e-5));
  }

  @Test
  void theSameToTheInstructionIsEitherNoChangeOrOne() {
    double[] base = {100, 200, 400};
    assertThat(CountedTest.paired(base, base)).isEqualTo(1);
    assertThat(CountedTest.paired(base, new double[] {200, 400, 800})).isEqualTo(0);
  }

  /**
   * What boots differ by: hundredths of a percent, and in one of five the kernel's housekeeping,
   * 0.9 M of 80 M instructions.
   */
  @Test
  void bootsOfOneKernelAreNotAlarming() {
    Random random = new Random(18);
    for (int pairs : new int[] {3, 4, 6, 10}) {
      int alarms = 0;
      for (int trial = 0; trial < 4000; trial++) {
        double p = CountedTest.paired(boots(random, pairs), boots(random, pairs));
        alarms += p < RankTest.ALPHA ? 1 : 0;
      }
      assertThat(alarms / 4000.0).as("of " + pairs + " pairs").isLessThan(0.055);
    }
  }

  private static double[] boots(Random random, int n) {
    double[] boots = new double[n];
    Arrays.setAll(
        boots,
        _ -> 80e6 * (1 + 1e-4 * random.nextGaussian()) + (random.nextInt(5) == 0 ? 0.9e6 : 0));
    return boots;
  }
}
