// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import static gmembench.mm.Term.PER_ACTIVATION;
import static gmembench.mm.Term.PER_AWAY;
import static gmembench.mm.Term.PER_FAR;
import static gmembench.mm.Term.PER_FAULT;
import static gmembench.mm.Term.PER_HUGE_AWAY;
import static gmembench.mm.Term.PER_MAP;
import static gmembench.mm.Term.PER_NODE;
import static gmembench.mm.Term.PER_ZEROED;
import static org.assertj.core.api.Assertions.assertThat;

import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import org.junit.jupiter.api.Test;

class EffectsTest {
  /**
   * An L2 of 1 MiB is 16,384 lines, an LLC share of 4 MiB 65,536. A page that is new uses 66 lines:
   * 64 are zeroed, and its struct page and its entry are two more. One that is there uses these
   * two.
   */
  private final Effects effects =
      new Effects(1 << 20, false, new HostSizes(1 << 20, 4 << 20, 33, 8));

  private void check(Verb verb, long gfn, long pages, Side side, String expected) {
    effects.apply(verb, gfn, pages, side);
    assertThat(Counted.of(effects.counts(), PER_FAULT, PER_MAP, PER_NODE, PER_FAR))
        .as(verb + " " + gfn + " + " + pages + " " + side)
        .isEqualTo(expected);
  }

  @Test
  void countsWhatAVerbChanges() {
    check(Verb.TOUCH, 60, 8, Side.SHARED, "8 fault, 8 map, 2 node, 8 far");
    check(Verb.TOUCH, 60, 8, Side.SHARED, "");
    check(Verb.UNMAP, 60, 4, Side.SHARED, "4 map");
    check(Verb.TOUCH, 59, 2, Side.SHARED, "1 fault, 2 map");
    check(Verb.DISCARD, 59, 5, Side.SHARED, "5 fault, 2 map, 1 node");
    check(Verb.DISCARD, 59, 5, Side.SHARED, "");
    check(Verb.ALLOCATE, 128, 64, Side.PRIVATE, "64 fault, 1 node, 64 far");
    check(Verb.TOUCH, 128, 64, Side.PRIVATE, "64 map");
    check(
        Verb.DISCARD,
        0,
        1 << 20,
        Side.PRIVATE,
        "64 fault, 64 map, 1 node"); // absent pages are met by no punch
  }

  /** 64 TiB, of which a quarter is away: 2^34 * 2^32 fits in no long, a quarter of 2^34 does. */
  @Test
  void sharesOfHugeRangesDoNotWrap() {
    assertThat(Recency.share(1L << 34, 1L << 32, 1L << 34)).isEqualTo(1L << 32);
    assertThat(Recency.share(3L << 31, 3L << 31, 1L << 32)).isEqualTo(9L << 30);
    assertThat(Recency.share(7, 3, 2)).isEqualTo(10);
    assertThat(Recency.share(-7, 3, 2)).isEqualTo(-10);
    assertThat(Recency.share(5, 0, 2)).isZero();
  }

  /** Page 0 and 991 more use 65,472 lines, which the LLC share holds; 993 new ones use 65,538. */
  @Test
  void whatWasNotUsedForLongIsFar() {
    check(Verb.TOUCH, 0, 1, Side.SHARED, "1 fault, 1 map, 1 node, 1 far");
    check(Verb.TOUCH, 64, 991, Side.SHARED, "991 fault, 991 map, 16 node, 991 far");
    check(Verb.TOUCH, 0, 1, Side.SHARED, "");
    check(Verb.TOUCH, 64, 991, Side.SHARED, "");
    check(Verb.TOUCH, 1 << 18, 993, Side.SHARED, "993 fault, 993 map, 16 node, 993 far");
    check(Verb.TOUCH, 0, 1, Side.SHARED, "1 far");
    check(Verb.DISCARD, 60, 8, Side.SHARED, "4 fault, 4 map, 4 far");
  }

  /** 246 new pages use 16,236 lines, with the 128 of a touch before 16,364; 249 use 16,434. */
  @Test
  void whatWasNotUsedForAWhileIsAway() {
    check(Verb.TOUCH, 0, 64, Side.SHARED, "64 fault, 64 map, 1 node, 64 far");
    assertThat(effects.counts().of(PER_AWAY)).isEqualTo(64);
    check(Verb.TOUCH, 0, 64, Side.SHARED, "");
    assertThat(effects.counts().of(PER_AWAY)).isZero();
    check(Verb.TOUCH, 64, 246, Side.SHARED, "246 fault, 246 map, 4 node, 246 far");
    check(Verb.TOUCH, 60, 4, Side.SHARED, "");
    assertThat(effects.counts().of(PER_AWAY)).isZero();
    check(Verb.TOUCH, 512, 249, Side.SHARED, "249 fault, 249 map, 4 node, 249 far");
    check(Verb.TOUCH, 0, 8, Side.SHARED, "");
    assertThat(effects.counts().of(PER_AWAY)).isEqualTo(8);
  }

  private void checkHuge(ModelFolios folios, Verb verb, long gfn, long pages, String expected) {
    folios.apply(verb, gfn, pages, Side.PRIVATE);
    assertThat(Counted.of(effects.counts(), PER_ZEROED, PER_HUGE_AWAY, PER_FAR))
        .as(verb + " " + gfn + " + " + pages)
        .isEqualTo(expected);
  }

  /** What a punch zeroes is cold by page, and what the kernel needs for that by 64 pages. */
  @Test
  void aPartThatIsZeroedIsColdByItselfAndItsSurroundingsByThemselves() {
    Backing backing = Plugins.parse(Backing.class, "hugetlb-2m");
    ModelFolios folios = new ModelFolios(1 << 20, backing, effects, true);
    checkHuge(folios, Verb.TOUCH, 0, 1, "512 huge away");
    checkHuge(folios, Verb.DISCARD, 8, 16, "16 zeroed");
    effects.use(65_537);
    checkHuge(folios, Verb.DISCARD, 8, 16, "16 zeroed, 16 huge away, 16 far");
    checkHuge(folios, Verb.DISCARD, 8, 16, "16 zeroed");
    checkHuge(folios, Verb.DISCARD, 24, 16, "16 zeroed, 16 huge away");
    checkHuge(folios, Verb.TOUCH, 300, 1, "1 far");
    checkHuge(folios, Verb.DISCARD, 300, 1, "1 zeroed, 1 huge away, 1 far");
  }

  /** What the host gets mapped anew is touched there; what goes back has its entry. */
  @Test
  void aSecretPageThatIsMappedForTheHostFaultsOnce() {
    Effects secret = new Effects(1024, true, HostSizes.DEFAULT);
    for (Verb verb : new Verb[] {Verb.DIRECT_MAP, Verb.MAP, Verb.COPY}) {
      secret.apply(Verb.TOUCH, 8, 4, Side.PRIVATE);
      secret.apply(verb, 8, 4, Side.SHARED);
      secret.apply(Verb.TOUCH, 8, 4, Side.SHARED);
      assertThat(secret.counts().of(PER_MAP)).as(verb.text()).isEqualTo(verb == Verb.COPY ? 0 : 4);
      secret.apply(verb, 8, 4, Side.PRIVATE);
      secret.apply(Verb.TOUCH, 8, 4, Side.PRIVATE);
      assertThat(secret.counts().of(PER_MAP)).as(verb.text() + " and back").isZero();
    }
  }

  @Test
  void theSecondZapOfAPageActivatesIt() {
    check(Verb.TOUCH, 0, 200, Side.SHARED, "200 fault, 200 map, 4 node, 200 far");
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
    assertThat(effects.counts().of(PER_ACTIVATION))
        .as(verb + " " + gfn + " + " + pages)
        .isEqualTo(expected);
  }

  @Test
  void inPlaceBothSidesAreTheSamePages() {
    Effects same = new Effects(1024, true, HostSizes.DEFAULT);
    same.apply(Verb.TOUCH, 0, 2, Side.PRIVATE);
    same.apply(Verb.TOUCH, 0, 3, Side.SHARED);
    assertThat(same.counts().of(PER_MAP)).isOne();
    assertThat(same.counts().of(PER_NODE)).isZero();
    assertThat(same.faults()).isOne();
  }

  /**
   * By hand: a touch of 4 new pages uses 4 x (64 + 2) = 264 lines of 64 bytes, 16.5 KiB. From one
   * touch to the next, with another between, 33 KiB are used, with two 49.5 KiB. A zap of 5 entries
   * flushes each, up to the ceiling.
   */
  @Test
  void theHostSaysWhatIsColdAndWhatIsFlushed() {
    HostSizes large = new HostSizes(40 << 10, 1 << 20, 5, 6);
    HostSizes small = new HostSizes(32 << 10, 40 << 10, 4, 5);
    assertThat(afterTouches(large, 1)).isEmpty();
    assertThat(afterTouches(large, 2)).isEqualTo("4 away");
    assertThat(afterTouches(small, 1)).isEqualTo("4 away");
    assertThat(afterTouches(small, 2)).isEqualTo("4 away, 4 far");
    assertThat(zapOfFive(large)).isEqualTo("5 flush");
    assertThat(zapOfFive(small)).isEqualTo("1 flush all, 1 gather");
  }

  private static String afterTouches(HostSizes host, int others) {
    Effects counted = new Effects(1024, false, host);
    counted.apply(Verb.TOUCH, 0, 4, Side.SHARED);
    for (int i = 1; i <= others; i++) {
      counted.apply(Verb.TOUCH, 64L * i, 4, Side.SHARED);
    }
    counted.apply(Verb.TOUCH, 0, 4, Side.SHARED);
    return Counted.of(counted.counts(), PER_AWAY, PER_FAR);
  }

  private static String zapOfFive(HostSizes host) {
    Effects counted = new Effects(1024, false, host);
    counted.apply(Verb.TOUCH, 0, 5, Side.SHARED);
    counted.apply(Verb.UNMAP, 0, 5, Side.SHARED);
    return Counted.of(counted.counts(), Term.PER_FLUSH, Term.ONCE_FLUSH, Term.ONCE_GATHER);
  }
}
