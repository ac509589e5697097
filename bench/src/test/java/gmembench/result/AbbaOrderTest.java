// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** By hand: A B, B A, A B are the six runs 1 2, 3 4, 5 6, so A's are 1 4 5. */
class AbbaOrderTest {
  @Test
  void everySecondPairIsTheOtherWayRound() {
    double[] runs = {1, 2, 3, 4, 5, 6};
    assertThat(AbbaOrder.first(runs, 0, 6)).containsExactly(1, 4, 5);
    assertThat(AbbaOrder.second(runs, 0, 6)).containsExactly(2, 3, 6);
  }

  /** From the third run on, and what has no partner is left out. */
  @Test
  void aPartBeginsWithA() {
    double[] runs = {1, 2, 3, 4, 5, 6, 7};
    assertThat(AbbaOrder.first(runs, 2, 7)).containsExactly(3, 6);
    assertThat(AbbaOrder.second(runs, 2, 7)).containsExactly(4, 5);
    assertThat(AbbaOrder.first(runs, 3, 3)).isEmpty();
  }
}
