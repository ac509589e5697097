// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.Ticks;
import gmembench.compare.Difference.Kind;
import org.junit.jupiter.api.Test;

class ValuesTest {
  private static final double[] THREE = {1e6, 2e6, 3e6};

  private static Values values(Kind kind, Ticks ticks, double... base) {
    return new Values(kind, ticks, base, THREE);
  }

  /** Student's t needs three pairs whatever is asked beside it; its p has no smallest value. */
  @Test
  void countedPairsAreThree() {
    Values counted = values(Kind.PAIRED, Ticks.INSTRUCTIONS, 1e6, 2e6, 4e6);
    assertThat(counted.fewest()).isEqualTo(3);
    assertThat(counted.fewest(1)).isEqualTo(3);
    assertThat(counted.fewest(1000)).isEqualTo(3);
  }

  /**
   * By hand: six pairs all on one side have p = 2 / 2^6 = 0.031, which is below 0.05; with two
   * tests it counts as 0.063, and seven pairs as 2 * 2 / 2^7 = 0.031.
   */
  @Test
  void ranksAreAsManyAsCanReachAlpha() {
    Values timed = values(Kind.PAIRED, Ticks.TIME, 1e6, 2e6, 4e6);
    assertThat(timed.fewest()).isEqualTo(4);
    assertThat(timed.fewest(1)).isEqualTo(6);
    assertThat(timed.fewest(2)).isEqualTo(7);
  }

  /** What has no logarithm, or no partner, is judged by ranks. */
  @Test
  void aCountOfNothingHasNoRatio() {
    assertThat(values(Kind.PAIRED, Ticks.INSTRUCTIONS, 1e6, 0, 4e6).fewest(1)).isEqualTo(6);
    assertThat(values(Kind.UNPAIRED, Ticks.INSTRUCTIONS, 1e6, 2e6, 4e6).fewest()).isEqualTo(4);
  }
}
