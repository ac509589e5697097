// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;

import gmembench.Host;
import gmembench.Plugins;
import gmembench.Ticks;
import gmembench.backing.Backing;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.live.Live;
import gmembench.live.LiveCell;
import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.Repetition;
import gmembench.result.Results;
import gmembench.result.Samples;
import gmembench.run.Home;
import gmembench.strategy.Converter;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.tracker.PageMap;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * On one kernel, in instructions: a strategy that punches once more a conversion is found to be
 * worse at 1 %, and the strategy compared with itself is not, each in 20 pairs. The floor is what
 * the strategy's own runs give, as {@code aa} finds it. Times of a host would tell nothing here, so
 * it runs in scripts/kernel-lab (.ci/lab), all pairs in one boot and one JVM: what differs between
 * two boots is not in it.
 */
@Tag("kernel")
@Tag("slow")
class PlantedRegressionTest {
  private static final int PAIRS = 20;
  private static final int PAIRS_OF_A_TRIAL = 10;

  /** Named as the one that it is compared with; the second punch finds a hole. */
  private record OnePunchMore() implements Strategy {
    @Override
    public String name() {
      return new EagerPunchHole().name();
    }

    @Override
    public String why() {
      return "eager-punch-hole, with a regression";
    }

    @Override
    public Set<Verb> needs() {
      return new EagerPunchHole().needs();
    }

    @Override
    public boolean hasState() {
      return false;
    }

    @Override
    public Converter open(Memory memory, PageMap map) {
      Converter eager = new EagerPunchHole().open(memory, map);
      return (gfn, pages, to) -> {
        boolean done = eager.convert(gfn, pages, to);
        memory.discard(gfn, pages, to.other());
        return done;
      };
    }
  }

  private static final class Arm {
    private final LiveCell cell;
    private final List<Repetition> entries = new ArrayList<>();

    Arm(LiveCell cell) {
      this.cell = cell;
      cell.prepare(Live.DEFAULT_WARMUP);
    }

    /** A run of a pair, of one repetition; returns what it took. */
    double run(int pair) {
      Repetition e = cell.measure(1);
      entries.add(
          new Repetition(
              "pair-" + pair,
              e.cell(),
              1,
              e.status(),
              e.reason(),
              e.metrics(),
              Map.of(),
              List.of()));
      return e.number("total_ns");
    }

    Results results() {
      Path folder = Path.of("planted");
      Map<String, String> env = Map.of("clock", "instructions");
      return new Results(folder, new Samples(folder, entries), new Environment(env), true);
    }
  }

  @Test
  void onePunchMoreIsFoundAndNothingElseIs() {
    assumeTrue(Ticks.here() == Ticks.INSTRUCTIONS, "the clock does not count instructions");
    Workload workload = Home.here().workload("bulk-4k");
    Backing backing = Host.orSkip(Plugins.parse(Backing.class, "memfd"));
    Subject subject = Subject.of(workload);
    try (Memory memory = backing.open(workload.guest(), false)) {
      List<Arm> arms =
          Stream.of(new EagerPunchHole(), new EagerPunchHole(), new OnePunchMore())
              .map(s -> {
                Block block = new Block(workload, backing, new Bitmap(), List.of(s));
                return new Arm(new LiveCell(block, s, subject, memory));
              })
              .toList();
      List<Double> inOrder = new ArrayList<>();
      for (int pair = 1; pair <= PAIRS; pair++) {
        for (Arm arm : pair % 2 == 1 ? arms : arms.reversed()) {
          double total = arm.run(pair);
          if (arm != arms.get(2)) {
            inOrder.add(total);
          }
        }
      }
      check(arms, inOrder);
    }
  }

  private static void check(List<Arm> arms, List<Double> inOrder) {
    Cell cell = arms.get(0).entries.getFirst().cell();
    double[] series = inOrder.stream().mapToDouble(d -> d).toArray();
    AaTrials trials = AaTrials.of(cell, series, PAIRS_OF_A_TRIAL);
    System.out.println(AaTrials.text(List.of(trials)));
    DetectableChange floor =
        new DetectableChange(Map.of(cell, trials.detectablePercent()), 100, "");
    Comparison.Options options = new Comparison.Options(0.01, Set.of("total_ns"), false, floor);
    Comparison same = Comparison.of(arms.get(0).results(), arms.get(1).results(), options);
    Comparison planted = Comparison.of(arms.get(0).results(), arms.get(2).results(), options);
    for (Comparison c : List.of(same, planted)) {
      Difference row = c.rows().getFirst();
      System.out.println(row.verdict() + " " + row.effect().percent() + " " + row.effect().range());
    }
    assertThat(same.rows().getFirst().verdict()).isNotIn(Verdict.WORSE, Verdict.BETTER);
    assertThat(same.anyRegression()).isFalse();
    assertThat(planted.rows().getFirst().verdict()).isEqualTo(Verdict.WORSE);
    assertThat(planted.anyRegression()).isTrue();
  }
}
