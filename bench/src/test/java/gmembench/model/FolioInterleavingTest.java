// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Shrink;
import gmembench.Thorough;
import gmembench.model.Schedule.Bug;
import gmembench.model.Step.Kind;
import gmembench.strategy.InPlaceLazySplit;
import gmembench.strategy.InPlaceRangeSplit;
import gmembench.strategy.InPlaceShattered;
import gmembench.strategy.InPlaceSplit;
import gmembench.strategy.InPlaceWait;
import gmembench.strategy.Strategy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No interleaving of pin, unpin, fault and conversion makes a page private that the host can still
 * reach.
 */
class FolioInterleavingTest {
  /** By default fewer of 1G folios: oracles that look at 262,144 pages are slow. */
  private static int schedules(int order) {
    return order == 18 ? Thorough.FOLIOS.count(200, 5_000) : Thorough.FOLIOS.count(2_000, 50_000);
  }

  /** Pages that meet: in one 2M folio, its neighbour, and the other end. */
  private static final int[] PLACES = {0, 1, 2, 7, 510, 511, 512, 513, 1023};

  private static Strategy strategy(String name) {
    return switch (name) {
      case "wait" -> new InPlaceWait();
      case "split" -> new InPlaceSplit();
      case "lazy" -> new InPlaceLazySplit();
      case "range" -> new InPlaceRangeSplit();
      case "shattered" -> new InPlaceShattered();
      default -> new InPlaceLazySplit("1g-4k");
    };
  }

  private static List<Step> random(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int steps = 4 + random.nextInt(12);
    List<Step> all = new ArrayList<>(steps);
    for (int i = 0; i < steps; i++) {
      int gfn = PLACES[random.nextInt(PLACES.length)];
      int pages = random.nextInt(16) == 0 ? 512 : 1 + random.nextInt(2);
      Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
      if (pages == 512 || i == 0) {
        gfn = 0;
        kind = i == 0 ? Kind.TO_SHARED : kind;
      }
      all.add(new Step(kind, gfn, pages, random.nextInt(5)));
    }
    return all;
  }

  /** A guest of two 2M folios and a rest of 5 pages, or of one 1G folio. */
  private static Schedule fresh(Strategy strategy, int order, Bug bug) {
    return new Schedule(strategy, order == 18 ? 1 << 18 : 1024 + 5, order, bug);
  }

  @ParameterizedTest
  @CsvSource({
    "wait, 0",
    "wait, 9",
    "wait, 18",
    "split, 9",
    "split, 18",
    "lazy, 0",
    "lazy, 9",
    "lazy, 18",
    "lazy-1g-4k, 18",
    "range, 18",
    "shattered, 9",
    "shattered, 18"
  })
  void whatIsPrivateCannotBeReached(String name, int order) {
    Schedule schedule = fresh(strategy(name), order, Bug.NONE);
    int count = schedules(order);
    long start = System.nanoTime();
    for (long seed = 1; seed <= count; seed++) {
      List<Step> steps = random(seed);
      String wrong = schedule.play(steps);
      if (!wrong.isEmpty()) {
        List<Step> small =
            Shrink.smallest(steps, s -> !fresh(strategy(name), order, Bug.NONE).play(s).isEmpty());
        throw new AssertionError(
            name + ", order " + order + ", seed " + seed + ": " + wrong + "; smallest " + small);
      }
    }
    assertThat(schedule.refusals()).as("pins that refuse must occur").isPositive();
    System.out.printf(
        "%s, order %d: %d schedules from seed 1, %d conversions refused, %d s%n",
        name, order, count, schedule.refusals(), (System.nanoTime() - start) / 1_000_000_000);
  }

  /** A kernel that forgets one step is caught, by a case of a few steps. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aKernelThatForgetsAStepIsCaught(Bug bug) {
    for (String name : List.of("wait", "split", "lazy")) {
      long seed = 1;
      while (fresh(strategy(name), 9, bug).play(random(seed)).isEmpty()) {
        assertThat(seed++).as(name).isLessThan(20_000);
      }
      List<Step> small =
          Shrink.smallest(random(seed), s -> !fresh(strategy(name), 9, bug).play(s).isEmpty());
      assertThat(small).as(name + " " + bug).hasSizeBetween(2, 6);
    }
  }

  /** The three things that must happen in this order are found by a schedule made by hand. */
  @ParameterizedTest
  @ValueSource(strings = {"wait", "split", "lazy"})
  void aPinInTheMiddleOfAConversionRefusesIt(String name) {
    List<Step> steps =
        List.of(
            new Step(Kind.TO_SHARED, 7, 1, 0),
            new Step(Kind.TOUCH, 7, 1, 9),
            new Step(Kind.TO_PRIVATE, 7, 1, 0),
            new Step(Kind.PIN, 7, 1, 0));
    Schedule schedule = fresh(strategy(name), 9, Bug.NONE);
    assertThat(schedule.play(steps)).isEmpty();
    assertThat(schedule.refusals()).isEqualTo(1);
  }
}
