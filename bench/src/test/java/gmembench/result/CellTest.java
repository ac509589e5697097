// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.result.Repetition.Status;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a name says of a cell, and a row of how it ended. */
class CellTest {
  private static Cell cell(String engine) {
    return new Cell(engine, "w", "lazy-discard:budget=64MiB", "memfd", "bitmap", "c");
  }

  @Test
  void anEngineIsLiveOrExactOrNeither() {
    List<String> engines =
        List.of("live", "live:threads=2", "model", "model:x", "liver", "modelled");
    assertThat(engines.stream().map(e -> cell(e).isLive()))
        .containsExactly(true, true, false, false, false, false);
    assertThat(engines.stream().map(e -> cell(e).isExact()))
        .containsExactly(false, false, true, true, false, false);
  }

  @Test
  void aBlockIsACellWithoutItsStrategy() {
    assertThat(cell("model").strategyName()).isEqualTo("lazy-discard");
    assertThat(cell("model").block()).isEqualTo(new Cell("model", "w", "", "memfd", "bitmap", "c"));
    assertThat(cell("model").path()).isEqualTo("model/w/lazy-discard:budget=64MiB/memfd/bitmap/c");
  }

  @Test
  void whatDidNotRunIsNotOkAndHasNoMetric() {
    Repetition failed = Repetition.without(cell("live"), Status.FAILED, "EIO");
    assertThat(failed.isOk()).isFalse();
    assertThat(failed.has(Declared.STATE_HASH)).isFalse();
    Metrics metrics = new Metrics();
    metrics.put(Declared.STATE_HASH, "0x7");
    Repetition ok = Repetition.of(cell("live"), 1, metrics, Map.of(), List.of());
    assertThat(ok.isOk()).isTrue();
    assertThat(ok.has(Declared.STATE_HASH)).isTrue();
  }

  /**
   * Two columns of 1000 ns and two rows of 0x10 pages from 0x100 on: only cells with conversions
   * are written, and the second row begins at 0x110.
   */
  @Test
  void aHeatMapHasARowForWhatIsConverted() {
    HeatMap heat = new HeatMap("w", 2, 2, (column, row) -> 3L * column * row, 0x100, 0x10, 1000);
    assertThat(HeatMap.csv(List.of(heat)))
        .isEqualTo("workload,at_ns,column_ns,gfn,row_pages,conversions\nw,1000,1000,0x110,16,3\n");
  }
}
