// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.Plugins;
import gmembench.Shrink;
import gmembench.Units;
import gmembench.backing.Memory;
import gmembench.guest.Side;
import gmembench.tracker.Bitmap;
import gmembench.tracker.PageMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every strategy that is found, with several options, on random conversions. */
public class StrategyConformanceTest {
  private static final int PAGES = 3000;

  /** A conversion, or idle time if it has no pages. */
  private record Step(int gfn, int pages, Side to) {
    @Override
    public String toString() {
      return pages == 0 ? "idle" : "to " + to.text() + " " + Units.hex(gfn) + "+" + pages;
    }
  }

  /** The rule about discards is that of the strategy behind an option. */
  public static Strategy discards(Strategy strategy) {
    return strategy instanceof WithAttributes with ? with.strategy() : strategy;
  }

  public static Stream<Strategy> strategies() {
    List<Strategy> found = Plugins.all(Strategy.class);
    Stream<Strategy> plain = plain(found);
    return Stream.concat(
        plain,
        found.stream()
            .filter(WithAttributes::isOptionOf)
            .map(s -> Strategy.parse(s.label() + ":attribute=true")));
  }

  private static Stream<Strategy> plain(List<Strategy> found) {
    return Stream.concat(
        found.stream(),
        Stream.of(
            new LazyDiscard(0),
            new LazyDiscard(40 * Units.PAGE_BYTES),
            new LazyDiscard(1000 * Units.PAGE_BYTES),
            new BatchedDiscard(1, 1_000_000),
            new BatchedDiscard(7, 3_000_000),
            new AdaptiveDiscard(0, 10),
            new AdaptiveDiscard(30 * Units.PAGE_BYTES, 40),
            new AdaptiveDiscard(1 << 20, 5)));
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void keepsTheRules(Strategy strategy) {
    for (long seed = 1; seed <= 12; seed++) {
      List<Step> steps = random(seed);
      String wrong = play(strategy, steps);
      if (!wrong.isEmpty()) {
        List<Step> small = Shrink.smallest(steps, s -> !play(strategy, s).isEmpty());
        throw new AssertionError(
            strategy.label() + ", seed " + seed + ": " + play(strategy, small) + " after " + small);
      }
    }
  }

  /** The rules are checked by a strategy that breaks them. */
  @Test
  void aStrategyThatDiscardsTheWrongSideIsCaughtAndShrunk() {
    Strategy mutant = new EagerOnTheWrongSide();
    List<Step> steps = random(1);
    assertThat(play(mutant, steps)).contains("in use as");
    assertThat(Shrink.smallest(steps, s -> !play(mutant, s).isEmpty())).hasSize(1);
  }

  private record EagerOnTheWrongSide() implements Strategy {
    @Override
    public String name() {
      return "mutant";
    }

    @Override
    public String why() {
      return "a test of the test";
    }

    @Override
    public java.util.Set<gmembench.backing.Verb> needs() {
      return java.util.Set.of();
    }

    @Override
    public Converter open(Memory memory, PageMap map) {
      return (gfn, pages, to) -> {
        map.set(gfn, pages, to);
        memory.discard(gfn, pages, to);
        return true;
      };
    }
  }

  private static List<Step> random(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      int most = random.nextInt(20) == 0 ? PAGES : 9;
      int gfn = random.nextInt(10) == 0 ? random.nextInt(PAGES) : random.nextInt(60);
      int pages = Math.min(PAGES - gfn, 1 + random.nextInt(most));
      boolean idle = random.nextInt(30) == 0;
      Side to = random.nextBoolean() ? Side.SHARED : Side.PRIVATE;
      steps.add(new Step(gfn, idle ? 0 : pages, to));
    }
    return steps;
  }

  /** Empty if all rules are kept. */
  private static String play(Strategy strategy, List<Step> steps) {
    NaiveMemory memory = new NaiveMemory(PAGES, strategy.inPlace());
    PageMap map = new Bitmap().open(PAGES);
    Converter converter = strategy.open(memory, map);
    try {
      for (Step step : steps) {
        if (step.pages() == 0) {
          converter.idle(1_000_000);
          continue;
        }
        java.util.Arrays.fill(memory.state, step.gfn(), step.gfn() + step.pages(), step.to());
        if (!converter.convert(step.gfn(), step.pages(), step.to())) {
          return step + " was refused";
        }
        memory.touch(step.gfn(), step.pages(), step.to());
        String wrong = check(strategy, memory);
        if (!wrong.isEmpty()) {
          return step + ": " + wrong;
        }
      }
      converter.settle();
      return checkEnd(strategy, memory, map);
    } catch (RuntimeException e) {
      return e.toString();
    }
  }

  private static String check(Strategy strategy, NaiveMemory memory) {
    long budget =
        switch (discards(strategy)) {
          case EagerPunchHole s -> 0;
          case LazyDiscard lazy -> lazy.budgetBytes() / Units.PAGE_BYTES;
          case AdaptiveDiscard adaptive -> adaptive.budgetBytes() / Units.PAGE_BYTES;
          default -> Long.MAX_VALUE;
        };
    int both = memory.doubleAllocated();
    return both > budget ? both + " pages allocated twice, budget " + budget : "";
  }

  private static String checkEnd(Strategy strategy, NaiveMemory memory, PageMap map) {
    for (int i = 0; i < PAGES; i++) {
      if (map.get(i) != memory.state[i]) {
        return "the map says gfn " + Units.hex(i) + " is " + map.get(i);
      }
      boolean left =
          memory.state[i] == Side.PRIVATE ? memory.sharedResident[i] : memory.privateResident[i];
      if (discards(strategy) instanceof BatchedDiscard && left) {
        return "gfn " + Units.hex(i) + " is still allocated twice after settle";
      }
      if (discards(strategy) instanceof NoSharedDiscard
          && memory.state[i] == Side.SHARED
          && memory.privateResident[i]) {
        return "gfn " + Units.hex(i) + " is shared and its private page is still there";
      }
    }
    return "";
  }

  @Test
  void lazyDiscardsTheOldestFirst() {
    NaiveMemory memory = new NaiveMemory(PAGES, false);
    Converter lazy = new LazyDiscard(2 * Units.PAGE_BYTES).open(memory, new Bitmap().open(PAGES));
    for (int gfn : new int[] {5, 9, 5, 5, 7}) {
      Side to = memory.state[gfn].other();
      memory.state[gfn] = to;
      assertThat(lazy.convert(gfn, 1, to)).isTrue();
      memory.touch(gfn, 1, to);
    }
    assertThat(memory.privateResident[9]).as("the oldest").isFalse();
    assertThat(memory.privateResident[5]).as("came back and left again").isTrue();
    assertThat(memory.privateResident[7]).isTrue();
  }

  @Test
  void batchesMergeNeighbours() {
    List<String> discards = new ArrayList<>();
    Memory memory =
        new NaiveMemory(PAGES, false) {
          @Override
          public long apply(gmembench.backing.Verb verb, long gfn, long pages, Side side) {
            discards.add(side.text() + " " + gfn + "+" + pages);
            return pages;
          }
        };
    Converter batched = new BatchedDiscard(4, 1_000_000).open(memory, new Bitmap().open(PAGES));
    batched.convert(11, 2, Side.SHARED);
    batched.convert(10, 1, Side.SHARED);
    batched.convert(13, 1, Side.SHARED);
    assertThat(discards).isEmpty();
    batched.convert(12, 1, Side.PRIVATE);
    assertThat(discards).containsExactly("private 10+2", "private 13+1", "shared 12+1");
    discards.clear();
    batched.convert(1, 1, Side.SHARED);
    batched.idle(999_999);
    assertThat(discards).isEmpty();
    batched.idle(1);
    assertThat(discards).containsExactly("private 1+1");
  }

  @Test
  void badOptionsAreRefused() {
    assertThatThrownBy(() -> new LazyDiscard(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new BatchedDiscard(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AdaptiveDiscard(1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
