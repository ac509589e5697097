// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Units;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.tracker.Bitmap;
import gmembench.tracker.PageMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a strategy says of itself is what it does: a backing is refused, memory reserved and the
 * oracle set by it. By hand, eager-punch-hole: page 5 to shared is a DISCARD of it, private, and no
 * other verb, and the one converter knows no more of it than another would.
 */
class DeclarationsTest {
  private static final int PAGES = 2048;

  /** A guest of four huge folios. */
  private static final class Recording extends NaiveMemory {
    final Set<Verb> called = EnumSet.noneOf(Verb.class);

    Recording(boolean inPlace) {
      super(PAGES, inPlace);
    }

    @Override
    public long apply(Verb verb, long gfn, long pages, Side side) {
      called.add(verb);
      return super.apply(verb, gfn, pages, side);
    }

    @Override
    public int folioOrder() {
      return inPlace() ? 9 : 0;
    }

    boolean isLeft(int page) {
      return (state[page] == Side.PRIVATE ? sharedResident : privateResident)[page];
    }
  }

  /**
   * All but punch-folio, which takes away and refills what is in use (PunchFolioTest), and but for
   * those whose budget is nothing, or more than the guest.
   */
  private static Stream<Strategy> strategies() {
    return StrategyConformanceTest.strategies()
        .filter(s ->
            switch (StrategyConformanceTest.discards(s)) {
              case PunchFolio p -> false;
              case LazyDiscard lazy -> isWithin(lazy.budgetBytes());
              case AdaptiveDiscard adaptive -> isWithin(adaptive.budgetBytes());
              case BatchedDiscard batched -> batched.conversions() > 1;
              default -> true;
            });
  }

  private static boolean isWithin(long budgetBytes) {
    return budgetBytes > 0 && budgetBytes < PAGES * Units.PAGE_BYTES;
  }

  /** Random conversions, by converters in turn; returns on which sides pages stayed that left. */
  private static Set<Side> play(Strategy strategy, Recording memory, int converters, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    PageMap map = new Bitmap().open(PAGES);
    List<Converter> all =
        Stream.generate(() -> strategy.open(memory, map)).limit(converters).toList();
    Set<Side> kept = EnumSet.noneOf(Side.class);
    for (int i = 0; i < 600; i++) {
      boolean whole = random.nextInt(20) == 0;
      int gfn = whole ? random.nextInt(4) * 512 : random.nextInt(PAGES);
      int pages = whole ? 512 : Math.min(PAGES - gfn, 1 + random.nextInt(40));
      Side to = random.nextBoolean() ? Side.SHARED : Side.PRIVATE;
      java.util.Arrays.fill(memory.state, gfn, gfn + pages, to);
      assertThat(all.get(i % converters).convert(gfn, pages, to)).isTrue();
      memory.touch(gfn, pages, to);
      for (int page = gfn; page < gfn + pages; page++) {
        if (memory.isLeft(page)) {
          kept.add(to.other());
        }
      }
    }
    all.forEach(Converter::settle);
    return kept;
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void itsVerbsAreThoseThatItCalls(Strategy strategy) {
    Recording memory = new Recording(strategy.inPlace());
    play(strategy, memory, 1, 1);
    memory.called.remove(Verb.TOUCH);
    assertThat(memory.called).isEqualTo(strategy.needs());
  }

  /** Of two sides there is something to discard; in place there is one page, and none to lose. */
  @ParameterizedTest
  @MethodSource("strategies")
  void itConvertsInPlaceOrLeavesASide(Strategy strategy) {
    Recording memory = new Recording(false);
    Set<Side> kept = play(strategy, memory, 1, 2);
    boolean leaves = memory.called.contains(Verb.DISCARD);
    assertThat(strategy.inPlace()).isEqualTo(!leaves);
    for (Side side : Side.values()) {
      if (leaves) {
        assertThat(strategy.keeps(side)).as("keeps " + side).isEqualTo(kept.contains(side));
      }
    }
  }

  /** Where there is no state, as many converters as threads do what one does. */
  private static Stream<Strategy> withoutState() {
    return strategies().filter(s -> !s.hasState());
  }

  @ParameterizedTest
  @MethodSource("withoutState")
  void withoutStateConvertersAreAlike(Strategy strategy) {
    Recording one = new Recording(strategy.inPlace());
    play(strategy, one, 1, 3);
    Recording three = new Recording(strategy.inPlace());
    play(strategy, three, 3, 3);
    assertThat(three.called).isEqualTo(one.called);
    assertThat(three.privateResident).isEqualTo(one.privateResident);
    assertThat(three.sharedResident).isEqualTo(one.sharedResident);
  }
}
