// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Units;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.engine.Faults.Policy;
import gmembench.guest.Side;
import gmembench.linux.LinuxException;
import gmembench.result.Metrics;
import gmembench.strategy.AdaptiveDiscard;
import gmembench.strategy.BatchedDiscard;
import gmembench.strategy.BindLate;
import gmembench.strategy.Converter;
import gmembench.strategy.LazyDiscard;
import gmembench.strategy.NaiveMemory;
import gmembench.strategy.Strategy;
import gmembench.strategy.StrategyConformanceTest;
import gmembench.tracker.Bitmap;
import gmembench.tracker.PageMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What no strategy may do, whatever goes wrong: every strategy that is found, with every verb that
 * it calls failing with every errno at the first, a middle and every later call; and strategies
 * that forget a verb, which must be caught.
 */
class FaultsTest {
  private static final int PAGES = 2 * 512;
  private static final int STEPS = 600;
  private static final List<String> ERRNOS =
      List.of("EINTR", "EAGAIN", "ENOMEM", "ENOSPC", "EBUSY", "EIO");

  /** Without these a strategy is only slower or larger; the others make it wrong. */
  private static final Set<Verb> OF_SIZE = EnumSet.of(Verb.SPLIT, Verb.SHATTER, Verb.MERGE);

  static Stream<Strategy> strategies() {
    return StrategyConformanceTest.strategies();
  }

  /** What one play was like. */
  private record Play(String wrong, int failed, Map<String, String> metrics, List<Long> calls) {}

  @ParameterizedTest
  @MethodSource("strategies")
  void everyVerbMayFailWithEveryErrno(Strategy strategy) {
    Play sound = play(strategy, Faults.NONE, null);
    assertThat(sound.wrong()).as(strategy.label()).isEmpty();
    assertThat(sound.failed()).isZero();
    for (Verb verb : strategy.needs()) {
      long calls = sound.calls().get(verb.ordinal());
      for (String errno : ERRNOS) {
        for (String when : List.of("1", calls / 2 + 1 + "", "1+7", "3+")) {
          Fault fault = Fault.parse(verb.text() + ":error=" + errno + ":when=" + when);
          Play play = play(strategy, new Faults(List.of(fault), Policy.FAIL), null);
          assertThat(play.wrong()).as("%s, %s", strategy.label(), fault).isEmpty();
          boolean fallocate = verb == Verb.DISCARD || verb == Verb.ALLOCATE;
          boolean again = errno.equals("EINTR") && fallocate && !when.equals("3+");
          if (when.equals("1") && calls > 0) {
            String counted = again ? "fault_retries" : "faults";
            assertThat(play.metrics().get(counted)).as("%s %s", strategy, fault).isEqualTo("1");
          }
          assertThat(again && play.failed() > 0).as("made again: %s %s", strategy, fault).isFalse();
        }
      }
    }
  }

  /** A strategy that forgets a verb which matters is caught, whatever the strategy. */
  @ParameterizedTest
  @MethodSource("strategies")
  void aMutantThatForgetsAVerbIsCaught(Strategy strategy) {
    List<Long> calls = play(strategy, Faults.NONE, null).calls();
    for (Verb verb : strategy.needs()) {
      boolean spares =
          StrategyRules.mostTwice(strategy) >= PAGES; // to keep everything is within its rule
      spares |= strategy instanceof BindLate && verb == Verb.REBIND; // the memory is not asked
      if (calls.get(verb.ordinal()) > 0 && !OF_SIZE.contains(verb) && !spares) {
        assertThat(play(strategy, Faults.NONE, verb).wrong())
            .as("%s without %s", strategy.label(), verb)
            .isNotEmpty();
      }
    }
  }

  /** That the rules catch something is no accident of the strategies that there are. */
  @Test
  void someMutantsWereTried() {
    long tried =
        strategies()
            .mapToLong(s -> {
              List<Long> calls = play(s, Faults.NONE, null).calls();
              return s.needs().stream().filter(v -> calls.get(v.ordinal()) > 0).count();
            })
            .sum();
    assertThat(tried).isGreaterThan(8);
  }

  /** Whatever a memory can do, one with faults can: only the verbs themselves go through it. */
  @Test
  void everythingElseIsPassedOn() {
    Class<?> faulty =
        new Faults(List.of(), Policy.CONTINUE)
            .around(new ContentMemory(PAGES, false), ns -> {})
            .getClass();
    Set<String> verbs = Set.of("allocate", "discard", "touch", "unmap", "check");
    assertThat(Arrays.stream(faulty.getMethods()))
        .filteredOn(m -> m.getDeclaringClass() == Memory.class)
        .filteredOn(m -> !java.lang.reflect.Modifier.isStatic(m.getModifiers()))
        .extracting(java.lang.reflect.Method::getName)
        .isSubsetOf(verbs);
  }

  /** A verb of this kind is said to have been done and is not. */
  private static Memory without(Memory memory, Verb forgotten) {
    return new NaiveMemory(PAGES, memory.inPlace()) {
      @Override
      public long apply(Verb verb, long gfn, long pages, Side side) {
        return verb == forgotten ? pages : memory.apply(verb, gfn, pages, side);
      }

      @Override
      public long awaitUnpinned(long gfn, long pages, Side side, long boundNs) {
        return forgotten == Verb.CHECK ? 0 : memory.awaitUnpinned(gfn, pages, side, boundNs);
      }

      @Override
      public int folioOrder() {
        return memory.folioOrder();
      }
    };
  }

  private static Play play(Strategy strategy, Faults faults, @Nullable Verb forgotten) {
    ContentMemory memory = new ContentMemory(PAGES, strategy.inPlace());
    PageMap map = new Bitmap().open(PAGES);
    Memory base = forgotten == null ? memory : without(memory, forgotten);
    Memory faulty = faults.around(base, ns -> {});
    Converter converter = strategy.open(faulty, map);
    StrategyRules rules = new StrategyRules(strategy, memory, map, !faults.faults().isEmpty());
    SplittableRandom random = new SplittableRandom(42);
    int failed = 0;
    String wrong = "";
    try {
      for (int step = 0; step < STEPS && wrong.isEmpty(); step++) {
        failed += rules.convert(converter, random) ? 0 : 1;
        wrong = step % 32 == 0 ? rules.broken() : rules.wrong();
      }
      Arrays.fill(memory.pins, 0);
      settle(converter);
      wrong = wrong.isEmpty() ? rules.brokenAtEnd() : wrong;
    } catch (AssertionError e) {
      wrong = String.valueOf(e.getMessage());
    }
    Metrics reported = new Metrics();
    faulty.report(reported);
    Map<String, String> metrics = reported.written();
    return new Play(wrong, failed, metrics, Arrays.stream(memory.calls).boxed().toList());
  }

  private static void settle(Converter converter) {
    try {
      converter.settle();
    } catch (LinuxException e) {
      // what was put off stays put off
    }
  }

  /** A discard that failed once is made up for: what was left is known, and goes later. */
  @ParameterizedTest
  @MethodSource("putOff")
  void aFailedDiscardIsNotForgotten(Strategy strategy) {
    ContentMemory memory = new ContentMemory(PAGES, false);
    PageMap map = new Bitmap().open(PAGES);
    Fault fault = Fault.parse("discard:error=ENOMEM:when=5..40");
    Memory faulty = new Faults(List.of(fault), Policy.FAIL).around(memory, ns -> {});
    Converter converter = strategy.open(faulty, map);
    StrategyRules rules = new StrategyRules(strategy, memory, map, false);
    SplittableRandom random = new SplittableRandom(7);
    int failed = 0;
    for (int step = 0; step < STEPS; step++) {
      boolean fine = rules.convert(converter, random);
      failed += fine ? 0 : 1;
      if (failed > 0 && fine && step % 16 == 0 && memory.calls[Verb.DISCARD.ordinal()] > 60) {
        assertThat(rules.broken()).as(strategy.label()).isEmpty();
      }
    }
    assertThat(failed).isGreaterThan(0);
    settle(converter);
    assertThat(rules.brokenAtEnd()).as(strategy.label()).isEmpty();
  }

  static Stream<Strategy> putOff() {
    return Stream.of(
        new LazyDiscard(0),
        new LazyDiscard(40 * Units.PAGE_BYTES),
        new BatchedDiscard(7, 3_000_000),
        new AdaptiveDiscard(30 * Units.PAGE_BYTES, 40));
  }
}
