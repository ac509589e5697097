// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.OwnHugePages;
import gmembench.Plugins;
import gmembench.Thorough;
import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.guest.Guest;
import gmembench.linux.Reservation;
import gmembench.pattern.Pattern;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.strategy.InPlaceWait;
import gmembench.strategy.Strategy;
import gmembench.trace.Events;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random conversions on this host's kernel, with every strategy on every backing that is found: the
 * audit reads before each touch what is there, so nothing that was written as private is ever read
 * through the shared side or from a page that was allocated again. {@code
 * -Dgmembench.thorough=LIVE:1000000 -Dgmembench.backing=memfd} for a million on one, {@code
 * -Dgmembench.seed=5} for others.
 */
@Tag("slow")
@Tag("kernel")
class ContentOnKernelTest {
  private static final int OPERATIONS = Thorough.LIVE.count(300, 100_000);
  private static final long SEED = Long.getLong("gmembench.seed", 1);

  /** To zero, collapse or compare a folio takes a millisecond and more, as do shootdowns. */
  private static final int FEW = 60;

  /** Slot operations take a millisecond each. */
  private static final int MOST_REBINDS = 2000;

  /** Ranges of any length and alignment, many of them on the same pages. */
  public record RandomRanges(int operations) implements Pattern {
    @Override
    public String name() {
      return "random-ranges";
    }

    @Override
    public String why() {
      return "a test of content";
    }

    @Override
    public Steps open(Guest guest, RandomGenerator random) {
      int pages = Math.toIntExact(guest.pages());
      return new Steps() {
        private int left = operations;

        @Override
        public boolean next(Events out) {
          for (int i = 0; i < 1000 && left > 0; i++, left--) {
            int gfn = random.nextInt(random.nextInt(3) == 0 ? pages : 64);
            int most = random.nextInt(40) == 0 ? 700 : 8;
            int count = Math.min(pages - gfn, 1 + random.nextInt(most));
            if (random.nextInt(20) == 0) {
              out.idle(1_000_000);
            }
            if (random.nextBoolean()) {
              out.toShared(gfn, count);
            } else {
              out.toPrivate(gfn, count);
            }
          }
          return left > 0;
        }
      };
    }
  }

  private static Stream<Backing> backings(boolean ofPool) {
    String one = System.getProperty("gmembench.backing", "");
    return Plugins.all(Backing.class).stream()
        .filter(b -> one.isEmpty() ? !b.name().equals("null") : b.name().equals(one))
        .filter(b -> ofPool == (b.pool() != null));
  }

  static Stream<Backing> backings() {
    return backings(false);
  }

  static Stream<Backing> poolBackings() {
    return backings(true);
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("backings")
  void privateContentNeverLeaks(Backing backing) {
    check(backing);
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("poolBackings")
  @ExtendWith(OwnHugePages.class)
  void privateContentNeverLeaksOfAPool(Backing backing) {
    check(backing);
  }

  private static void check(Backing backing) {
    long pages = Math.max(4096, 1L << backing.folioOrder());
    try (Reservation _ = OwnHugePages.orSkip(backing, 3 * (pages >> backing.folioOrder()))) {
      List<Strategy> quick = new ArrayList<>(Plugins.all(Strategy.class));
      if (backing.folioOrder() > 0 && OPERATIONS < 1000) {
        quick.removeIf(s -> !few(backing).contains(s.name())); // a replay takes a second there
      }
      List<Strategy> slow = quick.stream().filter(s -> s.needs().contains(Verb.REBIND)).toList();
      quick.removeAll(slow);
      boolean isSlow = backing.folioOrder() > 0 || backing.verbs().contains(Verb.DIRECT_MAP);
      int most = isSlow && OPERATIONS < 1000 ? FEW : OPERATIONS;
      Set<String> ok = check(backing, quick, pages, most);
      assertThat(ok).as(backing.name()).containsAll(few(backing));
      ok.addAll(check(backing, slow, pages, MOST_REBINDS));
      System.out.printf(
          "%s: %d strategies hold over %d random conversions twice, seed %d%n",
          backing.name(), ok.size(), most, SEED);
    }
  }

  /** What no backing may be without: two files, and one where it can be. */
  private static Set<String> few(Backing backing) {
    if (!backing.converts().isEmpty()) {
      return Set.of("in-place-attribute"); // no other strategy can use it
    }
    Set<String> few = new TreeSet<>(Set.of("snp", "eager-punch-hole", "lazy-discard"));
    if (backing.verbs().containsAll(new InPlaceWait().needs())) {
      few.add("in-place-wait");
    }
    if (backing.verbs().contains(Verb.MERGE)) {
      few.add("in-place-lazy-split");
    }
    return few;
  }

  /** The strategies that could run. */
  private static Set<String> check(
      Backing backing, List<Strategy> strategies, long pages, int most) {
    Pattern pattern = new RandomRanges(Math.min(OPERATIONS, most));
    Workload workload =
        new Workload(
            "random-ranges",
            "a test",
            Guest.ofBytes(pages * 4096),
            new Workload.Generated(pattern),
            null,
            SEED,
            "-");
    List<Repetition> found = new ArrayList<>();
    new Live(1, 0).run(new Block(workload, backing, new Bitmap(), strategies), found::add);
    assertThat(found).hasSameSizeAs(strategies);
    for (Repetition o : found) {
      assertThat(o.status())
          .as("%s, seed %s: %s", o.cell().path(), SEED, o.reason())
          .isIn(Status.OK, Status.UNSUPPORTED);
    }
    return found.stream()
        .filter(o -> o.status() == Status.OK)
        .map(o -> o.cell().strategyName())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
