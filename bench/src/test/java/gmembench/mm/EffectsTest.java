// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.guest.Side;
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
    long most = Recency.NEAR_LINES / (Recency.LINES_A_FAULT + Recency.LINES_A_PAGE) - 1;
    check(Verb.TOUCH, 64, most, Side.SHARED, most, most, most / 64, most);
    check(Verb.TOUCH, 0, 1, Side.SHARED, 0, 0, 0, 0);
    check(Verb.TOUCH, 64, most, Side.SHARED, 0, 0, 0, 0);
    check(Verb.TOUCH, 1 << 18, most, Side.SHARED, most, most, most / 64, most);
    check(Verb.TOUCH, 0, 1, Side.SHARED, 0, 0, 0, 1);
    check(Verb.DISCARD, 60, 8, Side.SHARED, 4, 4, 0, 4);
  }

  @Test
  void whatWasNotUsedForAWhileIsAway() {
    check(Verb.TOUCH, 0, 64, Side.SHARED, 64, 64, 1, 64);
    assertThat(effects.away()).isEqualTo(64);
    check(Verb.TOUCH, 0, 64, Side.SHARED, 0, 0, 0, 0);
    assertThat(effects.away()).isZero();
    long most = Recency.OWN_LINES / (Recency.LINES_A_FAULT + Recency.LINES_A_PAGE);
    check(Verb.TOUCH, 64, most + 1, Side.SHARED, most + 1, most + 1, most / 64 + 1, most + 1);
    check(Verb.TOUCH, 60, 8, Side.SHARED, 0, 0, 0, 0);
    assertThat(effects.away()).isEqualTo(8);
  }

  private void checkHuge(
      ModelFolios folios, Verb verb, long gfn, long pages, long zeroed, long cold, long far) {
    folios.apply(verb, gfn, pages, Side.PRIVATE);
    assertThat(new long[] {effects.zeroed(), effects.hugeAway(), effects.far()})
        .as(verb + " " + gfn + " + " + pages)
        .containsExactly(zeroed, cold, far);
  }

  /** What a punch zeroes is cold by page, and what the kernel needs for that by 64 pages. */
  @Test
  void aPartThatIsZeroedIsColdByItselfAndItsSurroundingsByThemselves() {
    Backing backing = Plugins.parse(Backing.class, "hugetlb-2m");
    ModelFolios folios = new ModelFolios(1 << 20, backing, effects, true);
    checkHuge(folios, Verb.TOUCH, 0, 1, 0, 512, 0);
    checkHuge(folios, Verb.DISCARD, 8, 16, 16, 0, 0);
    effects.use(Recency.NEAR_LINES + 1);
    checkHuge(folios, Verb.DISCARD, 8, 16, 16, 16, 16);
    checkHuge(folios, Verb.DISCARD, 8, 16, 16, 0, 0);
    checkHuge(folios, Verb.DISCARD, 24, 16, 16, 16, 0);
    checkHuge(folios, Verb.TOUCH, 300, 1, 0, 0, 1);
    checkHuge(folios, Verb.DISCARD, 300, 1, 1, 1, 1);
  }

  /** What the host gets mapped anew is touched there; what goes back has its entry. */
  @Test
  void aSecretPageThatIsMappedForTheHostFaultsOnce() {
    Effects secret = new Effects(1024, true);
    for (Verb verb : new Verb[] {Verb.DIRECT_MAP, Verb.MAP, Verb.COPY}) {
      secret.apply(Verb.TOUCH, 8, 4, Side.PRIVATE);
      secret.apply(verb, 8, 4, Side.SHARED);
      secret.apply(Verb.TOUCH, 8, 4, Side.SHARED);
      assertThat(secret.maps()).as(verb.text()).isEqualTo(verb == Verb.COPY ? 0 : 4);
      secret.apply(verb, 8, 4, Side.PRIVATE);
      secret.apply(Verb.TOUCH, 8, 4, Side.PRIVATE);
      assertThat(secret.maps()).as(verb.text() + " and back").isZero();
    }
  }

  @Test
  void theSecondZapOfAPageActivatesIt() {
    check(Verb.TOUCH, 0, 200, Side.SHARED, 200, 200, 4, 200);
    activates(Verb.UNMAP, 100, 50, 0);
    effects.apply(Verb.TOUCH, 0, 200, Side.SHARED);
    activates(Verb.UNMAP, 0, 200, 50);
    activates(Verb.UNMAP, 0, 200, 0);
    effects.apply(Verb.TOUCH, 0, 200, Side.SHARED);
    activates(Verb.DISCARD, 90, 20, 10);
    effects.apply(Verb.TOUCH, 0, 200, Side.SHARED);
    activates(Verb.DISCARD, 0, 200, 200 - 50 - 10);
  }

  private void activates(Verb verb, long gfn, long pages, long expected) {
    effects.apply(verb, gfn, pages, Side.SHARED);
    assertThat(effects.activations()).as(verb + " " + gfn + " + " + pages).isEqualTo(expected);
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
