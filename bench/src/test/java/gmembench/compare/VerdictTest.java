// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import module java.base;

import gmembench.Checkout;
import gmembench.Ticks;
import gmembench.compare.Difference.Kind;
import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.result.Results;
import gmembench.result.Samples;
import gmembench.result.WrittenMetrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Who may call a change one: the rules of a live verdict, by a p-value counted out over all signs
 * and a floor of its own arithmetic, on seeded noise.
 */
class VerdictTest {
  private static final Cell CELL = new Cell("live", "w", "snp", "memfd", "bitmap", "");
  private static final double THRESHOLD = 0.05;

  private static Repetition run(String label, Map<String, String> metrics) {
    return run(label, CELL, Status.OK, metrics);
  }

  private static Repetition run(
      String label, Cell cell, Status status, Map<String, String> metrics) {
    return new Repetition(
        label, cell, 1, status, "why", WrittenMetrics.of(metrics), Map.of(), List.of());
  }

  private static Results side(Repetition... entries) {
    Path folder = Path.of("results");
    return new Results(
        folder, new Samples(folder, List.of(entries)), new Environment(Map.of()), true);
  }

  private static Results times(String label, long[] ns) {
    return side(
        IntStream.range(0, ns.length)
            .mapToObj(
                i -> run(label + i, Map.of("total_ns", Long.toString(ns[i]), "state_hash", "0x1")))
            .toArray(Repetition[]::new));
  }

  private static Comparison compare(Results base, Results head, double floorPercent) {
    DetectableChange floor = new DetectableChange(Map.of(), floorPercent, "");
    return Comparison.of(base, head, new Comparison.Options(THRESHOLD, Set.of(), false, floor));
  }

  private static Difference time(Comparison c) {
    return c.rows().stream().filter(r -> r.metric().name().equals("total_ns")).findAny().get();
  }

  /** Of all ways in which signs could fall, the share whose ranks are as one-sided as these. */
  private static double signedRank(long[] base, long[] head) {
    int n = base.length;
    double[] size = new double[n];
    Arrays.setAll(size, i -> Math.abs(Math.log((double) head[i] / base[i])));
    int[] rank = new int[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        rank[i] += size[j] <= size[i] ? 1 : 0;
      }
    }
    int ups = 0;
    for (int i = 0; i < n; i++) {
      ups += head[i] > base[i] ? rank[i] : 0;
    }
    int middle = n * (n + 1) / 2; // twice the mean, which is half of all ranks
    int asFar = 0;
    for (int signs = 0; signs < 1 << n; signs++) {
      int sum = 0;
      for (int i = 0; i < n; i++) {
        sum += (signs >> i & 1) == 1 ? rank[i] : 0;
      }
      asFar += Math.abs(2 * sum - middle) >= Math.abs(2 * ups - middle) ? 1 : 0;
    }
    return (double) asFar / (1 << n);
  }

  /** The middle one of an odd number, or the mean of both: of the pairs' ratios. */
  private static double medianRatio(long[] base, long[] head) {
    double[] ratios = new double[base.length];
    Arrays.setAll(ratios, i -> (double) head[i] / base[i]);
    Arrays.sort(ratios);
    int n = ratios.length;
    return (ratios[(n - 1) / 2] + ratios[n / 2]) / 2;
  }

  private static long[][] noise(Random random, int n) {
    double change = List.of(0.0, 0.03, 0.1, 0.4, -0.3).get(random.nextInt(5));
    double spread = List.of(0.005, 0.03, 0.15).get(random.nextInt(3));
    long[][] both = new long[2][n];
    for (int i = 0; i < n; i++) {
      both[0][i] = Math.round(1e7 * Math.exp(spread * random.nextGaussian()));
      both[1][i] = Math.round(1e7 * (1 + change) * Math.exp(spread * random.nextGaussian()));
    }
    return both;
  }

  @Test
  void pairsAboveTheFloorAndNothingElseAreVerdicts() {
    Random random = new Random(20);
    Map<Verdict, Integer> seen = new EnumMap<>(Verdict.class);
    for (int trial = 0; trial < 600; trial++) {
      long[][] ns = noise(random, 4 + random.nextInt(8));
      double floor = List.of(0.0, 8.0, 30.0, 60.0).get(random.nextInt(4));
      Comparison c = compare(times("pair-", ns[0]), times("pair-", ns[1]), floor);
      Difference row = time(c);
      double ratio = medianRatio(ns[0], ns[1]);
      double p = signedRank(ns[0], ns[1]);
      assertThat(row.p()).isCloseTo(p, within(1e-9));
      assertThat(row.effect().ratio()).isCloseTo(ratio, within(1e-9));
      boolean isLarge = ratio >= 1 + floor / 100 || 1 / ratio >= 1 + floor / 100;
      boolean isClear = p < 0.05 && (row.effect().low() > 1 || row.effect().high() < 1);
      boolean isSmall = row.effect().high() <= 1.05 && row.effect().low() >= 1 / 1.05;
      Verdict expected =
          isSmall
              ? Verdict.EQUIVALENT
              : !isClear || !isLarge
                  ? Verdict.INCONCLUSIVE
                  : ratio > 1 ? Verdict.WORSE : Verdict.BETTER;
      assertThat(row.verdict()).as("%s, floor %s", row, floor).isEqualTo(expected);
      assertThat(c.anyRegression()).isEqualTo(expected == Verdict.WORSE && ratio > 1.05);
      seen.merge(expected, 1, Integer::sum);
    }
    assertThat(seen).hasSize(4).allSatisfy((verdict, n) -> assertThat(n).isGreaterThan(20));
  }

  /**
   * 7 % more in each of three boots, which differ among themselves by 0.1 %: enough where
   * instructions are counted, and where times are taken none can tell. 2 % more is below the
   * threshold.
   */
  @ParameterizedTest
  @CsvSource({
    "instructions, 107, WORSE",
    "instructions, 102, EQUIVALENT",
    "time, 107, INCONCLUSIVE",
    "time, 102, INCONCLUSIVE"
  })
  void threeBootsOfEachKernelTellInInstructions(String clock, long percent, Verdict verdict) {
    Results base = times("pair-", new long[] {100_000, 100_050, 100_100});
    Results head =
        times("pair-", new long[] {1000 * percent, 1000 * percent + 100, 1000 * percent});
    Comparison c = compare(by(clock, base), by(clock, head), 0);
    assertThat(time(c).verdict()).isEqualTo(verdict);
    assertThat(c.anyRegression()).isEqualTo(verdict == Verdict.WORSE);
  }

  private static Results by(String clock, Results of) {
    Environment env = new Environment(Map.of(Ticks.FACT, clock));
    return new Results(of.folder(), of.samples(), env, true);
  }

  @Test
  void unpairedRunsAreNeverMoreThanDifferent() {
    Random random = new Random(21);
    Set<Verdict> seen = EnumSet.noneOf(Verdict.class);
    for (int trial = 0; trial < 600; trial++) {
      long[][] ns = noise(random, 2 + random.nextInt(10));
      Comparison c = compare(times("", ns[0]), times("", ns[1]), 0);
      assertThat(time(c).kind()).isEqualTo(Kind.UNPAIRED);
      assertThat(c.anyRegression()).isFalse();
      seen.add(time(c).verdict());
    }
    assertThat(seen)
        .containsExactlyInAnyOrder(
            Verdict.DIFFERS_UNPAIRED, Verdict.INCONCLUSIVE, Verdict.EQUIVALENT);
  }

  /** Counts too: a kernel thread that splits huge pages meanwhile is not HEAD's doing. */
  @Test
  void countsOfUnpairedLiveRunsAreNoVerdictEither() {
    Map<String, String> five = Map.of("discard_count", "5", "state_hash", "0x1");
    Map<String, String> six = Map.of("discard_count", "6", "state_hash", "0x2");
    Comparison unpaired = compare(side(run("1", five)), side(run("1", six)), 0);
    assertThat(unpaired.anyRegression()).isFalse();
    assertThat(unpaired.rows(Verdict.DIFFERS_UNPAIRED)).hasSize(2);
    Comparison pairs = compare(side(run("pair-1", five)), side(run("pair-1", six)), 0);
    assertThat(pairs.rows(Verdict.WORSE)).hasSize(1);
    assertThat(pairs.rows(Verdict.DIFFERENT)).hasSize(1);
  }

  /** Which conversions are refused depends on time, and what is shared at the end on that. */
  @Test
  void hashesOfRunsThatRefuseConversionsAreNotCompared() {
    List<Repetition> some = new ArrayList<>();
    List<Repetition> others = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      some.add(run("pair-" + i, refusing(i % 2)));
      others.add(run("pair-" + i, refusing(1 - i % 2)));
    }
    Results base = side(some.toArray(Repetition[]::new));
    Results head = side(others.toArray(Repetition[]::new));
    for (Comparison c : List.of(compare(base, base, 0), compare(base, head, 0))) {
      assertThat(c.anyRegression()).isFalse();
      assertThat(c.rows()).extracting(r -> r.metric().name()).doesNotContain("state_hash");
    }
  }

  private static Map<String, String> refusing(int more) {
    Map<String, String> metrics = new LinkedHashMap<>();
    metrics.put("conversions", Integer.toString(100 - more));
    metrics.put("conversions_refused", Integer.toString(3 + more));
    metrics.put("state_hash", "0x" + more);
    return metrics;
  }

  /** 60 % more is as far as 37.5 % less: 1 / 1.6 = 0.625. */
  @ParameterizedTest
  @CsvSource({"1.61, true", "1.59, false", "0.62, true", "0.63, false", "0.5, true", "1.5, false"})
  void theFloorIsOfTheRatio(double ratio, boolean isEnough) {
    DetectableChange floor = new DetectableChange(Map.of(CELL, 60.0), 0, "");
    assertThat(floor.tooSmall(CELL, ratio).isEmpty()).isEqualTo(isEnough);
    assertThat(floor.and(DetectableChange.UNKNOWN).tooSmall(CELL, ratio).isEmpty())
        .as("two hosts, of which one is not known")
        .isEqualTo(ratio == 0.5);
    assertThat(floor.whileBusy().tooSmall(CELL, ratio).isEmpty()).isEqualTo(ratio == 0.5);
  }

  @ParameterizedTest
  @CsvSource({
    "OK, FAILED, LOST_IN_HEAD",
    "OK, UNSUPPORTED, LOST_IN_HEAD",
    "FAILED, OK, ONLY_IN_HEAD"
  })
  void aCellThatHeadLostIsNotPassedOver(Status before, Status after, Verdict verdict) {
    Repetition there = run("1", Map.of("total_ns", "5", "state_hash", "0x1"));
    Cell other = new Cell("live", "w", "upm-2022", "memfd", "bitmap", "");
    Results base = side(there, of(other, before));
    Comparison c = compare(base, side(there, of(other, after)), 0);
    assertThat(c.rows(verdict)).hasSize(1);
    assertThat(c.isAnyLost()).isEqualTo(verdict == Verdict.LOST_IN_HEAD);
    assertThat(compare(base, side(there), 0).isAnyLost()).isEqualTo(before == Status.OK);
    assertThat(c.anyRegression()).isFalse();
  }

  private static Repetition of(Cell cell, Status status) {
    Map<String, String> fine = Map.of("total_ns", "5", "state_hash", "0x1");
    return run("1", cell, status, status == Status.OK ? fine : Map.of());
  }

  static List<Path> committed() throws IOException {
    try (Stream<Path> files = Files.walk(Checkout.path("results"))) {
      return files.filter(f -> f.endsWith("samples.csv")).map(Path::getParent).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("committed")
  void nothingDiffersFromItself(Path folder) {
    Results results = Results.read(folder);
    Comparison c =
        Comparison.of(
            results,
            results,
            new Comparison.Options(THRESHOLD, Set.of(), true, DetectableChange.NONE));
    assertThat(c.counts().keySet()).isSubsetOf(Verdict.EQUIVALENT, Verdict.INCONCLUSIVE);
    assertThat(c.rows(Verdict.INCONCLUSIVE))
        .allMatch(r -> r.effect().ratio() == 1 || Double.isNaN(r.effect().ratio()));
    assertThat(c.anyRegression() || c.isAnyLost()).isFalse();
  }
}
