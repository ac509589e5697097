// SPDX-License-Identifier: Apache-2.0
package gmembench.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import module java.base;

import gmembench.Ticks;
import gmembench.chart.ValidationChart;
import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.Repetition;
import gmembench.result.Results;
import gmembench.result.Samples;
import gmembench.result.WrittenMetrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidationTest {
  @TempDir Path folder;

  private final List<Repetition> entries = new ArrayList<>();

  /** A cell that was measured seven times round a median, and what the model says of it. */
  private void cell(String strategy, double predictedMs, double measuredMs) {
    cell(strategy, predictedMs, measuredMs, 0.01);
  }

  /** Each repetition is slower than the one before by a part of the median. */
  private void cell(String strategy, double predictedMs, double measuredMs, double drift) {
    add(new Cell("model", "boot", strategy, "memfd", "bitmap", "host"), 1, predictedMs);
    for (int rep = 1; rep <= 7; rep++) {
      double ms = measuredMs * (1 + (rep - 4) * drift);
      add(new Cell("live", "boot", strategy, "memfd", "bitmap", ""), rep, ms);
    }
  }

  private void add(Cell cell, int rep, double ms) {
    Map<String, String> metrics = Map.of("total_ns", Long.toString(Math.round(ms * 1e6)));
    entries.add(Repetition.of(cell, rep, WrittenMetrics.of(metrics), Map.of(), List.of()));
  }

  private Validation validation() {
    return Validation.of(new Samples(folder, entries));
  }

  @Test
  void errorsAreOfTheMedians() {
    cell("snp", 1.02, 1);
    cell("lazy-discard:budget=64MiB", 5.2, 5);
    cell("eager-punch-hole", 160, 130);
    assertThat(validation().medianError()).isCloseTo(0.04, within(1e-9));
    assertThat(validation().pairsApart()).isEqualTo(3);
    assertThat(validation().swaps()).isEmpty();
    assertThat(validation().isGood()).isTrue();
    assertThat(validation().text(Ticks.TIME))
        .contains("eager-punch-hole        160.00       130.00  126.10..133.90  +23.1 %")
        .contains("Of 3 pairs of strategies that differ when measured, 0 are predicted")
        .contains("met.");
  }

  @Test
  void anOtherOrderIsFoundUnlessTheDifferenceIsNoise() {
    cell("a", 10, 10.00);
    cell("b", 9.9, 10.02, -0.01);
    assertThat(validation().pairsApart()).isZero();
    assertThat(validation().isGood()).isTrue();
    cell("c", 9.8, 10.9);
    assertThat(validation().swaps())
        .extracting(Validation.Swap::faster, Validation.Swap::slower)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("a", "c"),
            org.assertj.core.groups.Tuple.tuple("b", "c"));
    assertThat(validation().isGood()).isFalse();
    assertThat(validation().text(Ticks.TIME))
        .contains("boot, memfd: a is faster than c")
        .contains("MISSED");
  }

  /** Two that differ by a twentieth in every repetition do, though the host slows by a third. */
  @Test
  void driftHidesNoDifference() {
    cell("a", 10, 10, 0.05);
    cell("b", 10.4, 10.5, 0.05);
    assertThat(validation().pairsApart()).isOne();
    assertThat(validation().isGood()).isTrue();
  }

  @Test
  void aModelThatIsFarOffMissesTheTarget() {
    cell("a", 12, 10);
    cell("b", 24, 20);
    assertThat(validation().swaps()).isEmpty();
    assertThat(validation().isGood()).isFalse();
  }

  @Test
  void theFileIsReadAsItWasWritten() throws IOException {
    cell("snp", 1.02, 1);
    cell("eager-punch-hole", 160, 130);
    add(new Cell("live", "boot", "only-live", "memfd", "bitmap", ""), 1, 3);
    Validation written = validation();
    assertThat(written.rows()).hasSize(2);
    Files.writeString(folder.resolve(Validation.FILE), written.csv());
    Validation read = Validation.read(folder);
    assertThat(read.csv()).isEqualTo(written.csv());
    assertThat(read.medianError()).isCloseTo(written.medianError(), within(1e-9));
    assertThat(
            new ValidationChart()
                .of(
                    new Results(
                        folder, new Samples(folder, List.of()), new Environment(Map.of()), true)))
        .singleElement()
        .satisfies(c -> assertThat(c.svg()).isNotEmpty());
  }
}
