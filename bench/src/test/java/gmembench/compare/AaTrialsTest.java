// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import module java.base;

import gmembench.Checkout;
import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.ResultFolder;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;

/** The committed run of a build against itself, and series of which the answer is known. */
class AaTrialsTest {
  private static final Path COMMITTED = Checkout.path("results/aa/epyc-6.18-2cpu");
  private static final Cell CELL = new Cell("live", "w", "snp", "memfd", "bitmap", "");

  private static Map<Cell, double[]> committed() {
    Map<Cell, List<Double>> lists = new LinkedHashMap<>();
    for (CSVRecord r : Environment.rows(COMMITTED.resolve("aa-runs.csv"), AaTrials.RUNS_COLUMNS)) {
      Cell cell = new Cell(r.get(0), r.get(1), r.get(2), r.get(3), r.get(4), "");
      lists.computeIfAbsent(cell, c -> new ArrayList<>()).add(Double.parseDouble(r.get(6)));
    }
    Map<Cell, double[]> series = new LinkedHashMap<>();
    lists.forEach((c, times) -> series.put(c, times.stream().mapToDouble(t -> t).toArray()));
    return series;
  }

  /** On a machine with other tenants, which is where it matters. */
  @Test
  void onARealHostPairsHoldTheirFivePercentAndSequentialRunsDoNot() {
    List<AaTrials> trials = AaTrials.of(committed(), 10);
    assertThat(trials.stream().mapToDouble(AaTrials::abba).average().orElse(1)).isLessThan(0.06);
    assertThat(trials.stream().mapToDouble(AaTrials::sequential).average().orElse(0))
        .isGreaterThan(0.2);
  }

  @Test
  void theCommittedTableIsWhatTheCommittedRunsGive() {
    assertThat(AaTrials.csv(AaTrials.of(committed(), 10)))
        .isEqualToIgnoringNewLines(csvOf(COMMITTED.resolve("aa.csv")));
    assertThat(DetectableChange.read(COMMITTED.resolve("aa.csv")).percent(CELL)).isPositive();
  }

  private static String csvOf(Path file) {
    StringBuilder out = new StringBuilder(ResultFolder.line(DetectableChange.COLUMNS));
    Environment.rows(file, DetectableChange.COLUMNS)
        .forEach(r -> out.append(ResultFolder.line(r.toList())));
    return out.toString();
  }

  @Test
  void withoutNoiseTheSmallestStepIsDetectable() {
    double[] still = new double[40];
    Arrays.fill(still, 1e6);
    AaTrials trials = AaTrials.of(CELL, still, 8);
    assertThat(trials.abba()).isZero();
    assertThat(trials.sequential()).isZero();
    assertThat(trials.detectablePercent()).isCloseTo(0, within(0.02));
  }

  @Test
  void aSteadySlopeIsAChangeOnlyToSequentialRuns() {
    double[] slope = new double[40];
    Arrays.setAll(slope, i -> 1e6 * (1 + 0.01 * i));
    AaTrials trials = AaTrials.of(CELL, slope, 8);
    assertThat(trials.abba()).isZero();
    assertThat(trials.sequential()).isEqualTo(1);
  }
}
