// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.result.AbbaOrder;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How often the tests and intervals behind a verdict are wrong, on simulated machines that drift: a
 * first-order autoregressive process, correlation 0.9 from one run to the next.
 */
@Tag("slow")
class FalseAlarmTest {
  private static final int TRIALS = 4000;
  private static final int N = 20;

  /** Times in the order in which they were run. */
  private static final class Machine {
    private final ContinuousSampler normal;
    private double state;

    Machine(long seed) {
      UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(seed);
      this.normal = ZigguratSampler.NormalizedGaussian.of(random);
    }

    double[] run(int n, double drift) {
      double[] times = new double[n];
      for (int i = 0; i < n; i++) {
        state = drift * state + Math.sqrt(1 - drift * drift) * normal.sample();
        times[i] = 1e6 * Math.exp(0.02 * state + 0.01 * normal.sample());
      }
      return times;
    }
  }

  private static double rate(int trials, double drift, int n, ToDoubleFunction<double[]> p) {
    Machine machine = new Machine(1);
    int alarms = 0;
    for (int i = 0; i < trials; i++) {
      machine.run(50, drift);
      alarms += p.applyAsDouble(machine.run(2 * n, drift)) < RankTest.ALPHA ? 1 : 0;
    }
    return (double) alarms / trials;
  }

  private static double sequential(double[] times) {
    int n = times.length / 2;
    return RankTest.unpaired(Arrays.copyOf(times, n), Arrays.copyOfRange(times, n, 2 * n));
  }

  private static double abbaSignedRank(double[] times) {
    return RankTest.paired(
        AbbaOrder.first(times, 0, times.length), AbbaOrder.second(times, 0, times.length));
  }

  private static double abbaMannWhitney(double[] times) {
    return RankTest.unpaired(
        AbbaOrder.first(times, 0, times.length), AbbaOrder.second(times, 0, times.length));
  }

  @Test
  void pairsHoldTheirFivePercentWhereOneAfterTheOtherDoesNot() {
    double sequential = rate(TRIALS, 0.9, N, FalseAlarmTest::sequential);
    double mannWhitney = rate(TRIALS, 0.9, N, FalseAlarmTest::abbaMannWhitney);
    double signedRank = rate(TRIALS, 0.9, N, FalseAlarmTest::abbaSignedRank);
    System.out.printf(
        java.util.Locale.ROOT,
        "A/A with drift, n=%d: sequential %.3f, ABBA Mann-Whitney %.3f, ABBA signed-rank %.3f%n",
        N,
        sequential,
        mannWhitney,
        signedRank);
    assertThat(sequential).isGreaterThan(0.3);
    assertThat(mannWhitney).isLessThan(0.03);
    assertThat(signedRank).isBetween(0.03, 0.06);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 6, 8, 12, 30})
  void withoutDriftNeitherTestExceedsFivePercent(int n) {
    assertThat(rate(TRIALS, 0, n, FalseAlarmTest::sequential)).isLessThan(0.06);
    assertThat(rate(TRIALS, 0, n, FalseAlarmTest::abbaSignedRank)).isLessThan(0.06);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 6, 8, 12, 20})
  void tiesDoNotRaiseFalseAlarms(int n) {
    // a coarse clock: about four different values
    ToDoubleFunction<double[]> coarse =
        times -> sequential(Arrays.stream(times).map(t -> Math.rint(t / 20_000)).toArray());
    ToDoubleFunction<double[]> coarsePairs =
        times -> abbaSignedRank(Arrays.stream(times).map(t -> Math.rint(t / 20_000)).toArray());
    assertThat(rate(TRIALS, 0, n, coarse)).isLessThan(0.065);
    assertThat(rate(TRIALS, 0, n, coarsePairs)).isLessThan(0.065);
  }

  @Test
  void aChangeIsFoundMoreOftenTheLargerItIs() {
    double two = power(0.02, 10);
    double five = power(0.05, 10);
    double fiveOfMany = power(0.05, 20);
    assertThat(two).isBetween(0.5, 0.95);
    assertThat(five).isGreaterThan(0.95);
    assertThat(fiveOfMany).isGreaterThanOrEqualTo(five);
  }

  private static double power(double change, int pairs) {
    return rate(
        1000,
        0.9,
        pairs,
        times -> {
          double[] base = AbbaOrder.first(times, 0, times.length);
          double[] head = AbbaOrder.second(times, 0, times.length);
          return RankTest.paired(base, Arrays.stream(head).map(t -> t * (1 + change)).toArray());
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 10, 20})
  void theIntervalOfPairsCoversTheTruthDespiteDrift(int pairs) {
    double missed =
        rate(
            2000,
            0.9,
            pairs,
            times -> {
              double[] base = AbbaOrder.first(times, 0, times.length);
              double[] head = AbbaOrder.second(times, 0, times.length);
              Effect effect = Effect.paired(base, head, Arrays.hashCode(times));
              return effect.excludesNoChange() ? 0 : 1;
            });
    assertThat(missed).isLessThan(0.08);
  }

  @Test
  void holmHoldsTheFamilyOverManyCells() {
    int families = 500;
    int alarms = 0;
    Machine machine = new Machine(2);
    for (int i = 0; i < families; i++) {
      double[] p = new double[20];
      Arrays.setAll(p, cell -> abbaSignedRank(machine.run(24, 0.9)));
      alarms += Arrays.stream(RankTest.holm(p)).anyMatch(v -> v < RankTest.ALPHA) ? 1 : 0;
    }
    assertThat((double) alarms / families).isLessThan(0.075);
  }
}
