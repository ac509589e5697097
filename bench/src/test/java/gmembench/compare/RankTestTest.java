// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The tests behind a verdict, where a sum by hand says what they give. */
class RankTestTest {
  @Test
  void allAlikeIsNoDifference() {
    double[] same = {5, 5, 5, 5, 5, 5};
    assertThat(RankTest.paired(same, same)).isEqualTo(1);
    assertThat(RankTest.unpaired(same, same)).isGreaterThan(0.9);
    Effect effect = Effect.unpaired(same, same, 1);
    assertThat(effect).isEqualTo(new Effect(1, 1, 1));
  }

  @Test
  void holmIsAsInTheTextbook() {
    assertThat(RankTest.holm(new double[] {0.01, 0.04, 0.03, 0.005}))
        .containsExactly(
            new double[] {0.03, 0.06, 0.06, 0.02}, org.assertj.core.api.Assertions.within(1e-12));
    assertThat(RankTest.holm(new double[] {0.9, 0.8})).containsExactly(1, 1);
    assertThat(RankTest.holm(new double[0])).isEmpty();
  }

  /** All signs alike are 2 of 2^6 = 0.03, of 2^5 0.06; 2 of (8 over 4) = 70, of (6 over 3) = 20. */
  @Test
  void theFewestSamplesCanReachFivePercent() {
    assertThat(RankTest.fewest(false, 1)).isEqualTo(4);
    assertThat(RankTest.fewest(true, 1)).isEqualTo(6);
    assertThat(RankTest.fewest(true, 20)).isEqualTo(10);
  }

  /**
   * Four of four pairs are larger: 2 of 2^4 signs. No ratio is known of a first that was 0, so all
   * are compared by their differences, of which that is one: 2 of 2^5.
   */
  @Test
  void aPairThatBeganAtNothingCounts() {
    double[] base = {1, 2, 3, 4};
    assertThat(RankTest.paired(base, new double[] {1.5, 3.2, 5, 7})).isEqualTo(0.125);
    double[] withZero = {0, 1, 2, 3, 4};
    assertThat(RankTest.paired(withZero, new double[] {0.1, 1.5, 3.2, 5, 7})).isEqualTo(0.0625);
    assertThat(RankTest.paired(new double[] {0, 8}, new double[] {0, 8})).isEqualTo(1);
  }
}
