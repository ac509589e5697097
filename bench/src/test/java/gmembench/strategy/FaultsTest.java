// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.Units;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.engine.Fault;
import gmembench.engine.Faults;
import gmembench.engine.Faults.Policy;
import gmembench.guest.Side;
import gmembench.linux.LinuxException;
import gmembench.result.Metrics;
import gmembench.tracker.Bitmap;
import gmembench.tracker.PageMap;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
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
  private static final Set<Verb> DECIDE = EnumSet.of(Verb.ATTRIBUTE, Verb.REBIND, Verb.DIRECT_MAP);

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
      boolean spares = mostTwice(strategy) >= PAGES; // to keep everything is within its rule
      spares |= strategy instanceof BindLate && verb == Verb.REBIND; // the memory is not asked
      if (calls.get(verb.ordinal()) > 0 && !OF_SIZE.contains(verb) && !spares) {
        assertThat(play(strategy, Faults.NONE, verb).wrong())
            .as("%s without %s", strategy.label(), verb)
            .isNotEmpty();
      }
    }
  }

  /** Pages that a strategy may leave allocated twice by its budget; -1 if it has none. */
  private static long mostTwice(Strategy strategy) {
    return switch (discards(strategy)) {
      case LazyDiscard lazy -> lazy.budgetBytes() / Units.PAGE_BYTES;
      case AdaptiveDiscard adaptive -> adaptive.budgetBytes() / Units.PAGE_BYTES;
      default -> -1;
    };
  }

  /** The rule about discards is that of the strategy behind an option. */
  static Strategy discards(Strategy strategy) {
    return strategy instanceof WithAttributes with ? with.strategy() : strategy;
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
    Rules rules = new Rules(strategy, memory, map, !faults.faults().isEmpty());
    SplittableRandom random = new SplittableRandom(42);
    int failed = 0;
    String wrong = "";
    try {
      for (int step = 0; step < STEPS && wrong.isEmpty(); step++) {
        failed += rules.convert(converter, random) ? 0 : 1;
        wrong = step % 32 == 0 ? rules.broken() : rules.wrong;
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

  /** The rules of {@link Converter} and {@link Strategy}, and the guest that tries them. */
  private static final class Rules {
    private final Strategy strategy;
    private final ContentMemory memory;
    private final PageMap map;
    private final boolean faulty;
    private String wrong = "";

    Rules(Strategy strategy, ContentMemory memory, PageMap map, boolean faulty) {
      this.strategy = strategy;
      this.memory = memory;
      this.map = map;
      this.faulty = faulty;
    }

    /** One conversion of a random range; false if a verb failed. */
    boolean convert(Converter converter, SplittableRandom random) {
      int gfn = random.nextInt(random.nextBoolean() ? 40 : PAGES);
      int pages = Math.min(PAGES - gfn, 1 + random.nextInt(random.nextInt(8) == 0 ? 600 : 6));
      Side to = random.nextBoolean() ? Side.SHARED : Side.PRIVATE;
      if (random.nextInt(6) == 0 && strategy.needs().contains(Verb.CHECK)) {
        holdOrRelease(gfn, pages);
      }
      Side[] before = Arrays.copyOfRange(memory.state, gfn, gfn + pages);
      Arrays.fill(memory.state, gfn, gfn + pages, to);
      boolean done;
      boolean fine = true;
      try {
        done = converter.convert(gfn, pages, to);
      } catch (LinuxException e) {
        fine = false;
        done = isAll(gfn, pages, to);
      }
      if (done) {
        afterDone(gfn, pages, to, fine);
        memory.touch(gfn, pages, to);
      } else {
        System.arraycopy(before, 0, memory.state, gfn, pages);
      }
      return fine;
    }

    /** Somebody takes or lets go of shared pages for long. */
    private void holdOrRelease(int gfn, int pages) {
      for (int i = gfn; i < gfn + pages; i++) {
        memory.pins[i] = memory.pins[i] == 0 && memory.state[i] == Side.SHARED ? 1 : 0;
      }
    }

    private boolean isAll(int gfn, int pages, Side to) {
      for (int i = gfn; i < gfn + pages; i++) {
        if (map.get(i) != to) {
          return false;
        }
      }
      return true;
    }

    /** As in 2022, when a page was private only if it was allocated in the private file. */
    private boolean allocates() {
      return strategy.needs().contains(Verb.ALLOCATE);
    }

    private void afterDone(int gfn, int pages, Side to, boolean fine) {
      for (int i = gfn; i < gfn + pages && wrong.isEmpty(); i++) {
        if (to == Side.PRIVATE && allocates() && !memory.privateResident[i]) {
          wrong = Units.hex(i) + " is private and not allocated in the private file";
        } else if (strategy.inPlace() && to == Side.PRIVATE) {
          if (strategy.needs().contains(Verb.UNMAP) && memory.hostMapped[i]) {
            wrong = Units.hex(i) + " is private and the host has it mapped";
          } else if (strategy.needs().contains(Verb.CHECK) && memory.pins[i] > 0) {
            wrong = Units.hex(i) + " is private and somebody holds it";
          }
        } else if (fine
            && !faulty
            && !strategy.inPlace()
            && !strategy.keeps(to.other())
            && memory.resident(to.other())[i]) {
          wrong = Units.hex(i) + " is " + to + " and its other side is still there";
        }
      }
    }

    /** Of all pages, after every step. */
    String broken() {
      for (int i = 0; i < PAGES && wrong.isEmpty(); i++) {
        if (map.get(i) != memory.state[i]) {
          wrong = "the map says " + Units.hex(i) + " is " + map.get(i);
        } else if (!memory.resident(inUse(i))[i]) {
          wrong = Units.hex(i) + " is in use as " + memory.state[i] + " and gone";
        }
        for (Verb verb : DECIDE) {
          boolean late = strategy instanceof BindLate; // its slots follow all at once
          if (!late
              && strategy.needs().contains(verb)
              && memory.access[verb.ordinal()][i] != memory.state[i]) {
            wrong = Units.hex(i) + ": the map and " + verb + " disagree";
          }
        }
      }
      return wrong.isEmpty() ? overBudget() : wrong;
    }

    private Side inUse(int i) {
      return strategy.inPlace() ? Side.PRIVATE : memory.state[i];
    }

    private int twice() {
      int twice = 0;
      for (int i = 0; i < PAGES; i++) {
        twice += memory.privateResident[i] && memory.sharedResident[i] ? 1 : 0;
      }
      return twice;
    }

    private String overBudget() {
      boolean budgeted = mostTwice(strategy) >= 0;
      return budgeted && !faulty && twice() > mostTwice(strategy)
          ? twice() + " pages allocated twice"
          : "";
    }

    /** Nothing was forgotten: where a fault was over, discards that were put off are done. */
    String brokenAtEnd() {
      return discards(strategy) instanceof BatchedDiscard && !faulty && twice() > 0
          ? twice() + " pages allocated twice after settle"
          : broken();
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
    Rules rules = new Rules(strategy, memory, map, false);
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
