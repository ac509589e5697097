// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.backing.Verb;
import gmembench.workload.Side;
import org.junit.jupiter.api.Test;

class EffectsTest {
  private final Effects effects = new Effects(1 << 20, false);

  private void check(Verb verb, long gfn, long pages, Side side, long... expected) {
    effects.apply(verb, gfn, pages, side);
    assertThat(new long[] {effects.faults(), effects.maps(), effects.nodes(), effects.far()})
        .as(verb + " " + gfn + " + " + pages + " " + side)
        .containsExactly(expected);
  }

  @Test
  void countsWhatAVerbChanges() {
    check(Verb.TOUCH, 60, 8, Side.SHARED, 8, 8, 2, 8);
    check(Verb.TOUCH, 60, 8, Side.SHARED, 0, 0, 0, 0);
    check(Verb.UNMAP, 60, 4, Side.SHARED, 0, 4, 0, 0);
    check(Verb.TOUCH, 59, 2, Side.SHARED, 1, 2, 0, 0);
    check(Verb.DISCARD, 59, 5, Side.SHARED, 5, 2, 1, 0);
    check(Verb.DISCARD, 59, 5, Side.SHARED, 0, 0, 0, 0);
    check(Verb.ALLOCATE, 128, 64, Side.PRIVATE, 64, 0, 1, 64);
    check(Verb.TOUCH, 128, 64, Side.PRIVATE, 0, 64, 0, 0);
    check(Verb.DISCARD, 0, 1 << 20, Side.PRIVATE, 64, 64, 1, (1 << 20) - 64);
  }

  @Test
  void whatWasNotUsedForLongIsFar() {
    check(Verb.TOUCH, 0, 1, Side.SHARED, 1, 1, 1, 1);
    long most = Effects.NEAR_LINES / (Effects.LINES_A_FAULT + Effects.LINES_A_PAGE) - 1;
    check(Verb.TOUCH, 64, most, Side.SHARED, most, most, most / 64, most);
    check(Verb.TOUCH, 0, 1, Side.SHARED, 0, 0, 0, 0);
    check(Verb.TOUCH, 64, most, Side.SHARED, 0, 0, 0, 0);
    check(Verb.TOUCH, 1 << 18, most, Side.SHARED, most, most, most / 64, most);
    check(Verb.TOUCH, 0, 1, Side.SHARED, 0, 0, 0, 1);
    assertThat(effects.farGroups()).isOne();
    assertThat(effects.farFaults()).isZero();
    check(Verb.DISCARD, 60, 8, Side.SHARED, 4, 4, 0, 4);
    assertThat(effects.farFaults()).isEqualTo(4 * 4 / 8);
  }

  @Test
  void inPlaceBothSidesAreTheSamePages() {
    Effects same = new Effects(1024, true);
    same.apply(Verb.TOUCH, 0, 2, Side.PRIVATE);
    same.apply(Verb.TOUCH, 0, 3, Side.SHARED);
    assertThat(same.maps()).isOne();
    assertThat(same.nodes()).isZero();
    assertThat(same.faults()).isOne();
  }
}
