// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.backing.Memfd;
import gmembench.engine.Block;
import gmembench.result.Repetition;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.LazyDiscard;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import org.junit.jupiter.api.Test;

/** How to use gmembench as a library. Start reading here. */
class ExampleTest {
  @Test
  void replayABootWithTwoStrategiesOnTheModel() {
    List<Strategy> strategies = List.of(new EagerPunchHole(), new LazyDiscard(64 << 20));
    var block = new Block(Checkout.workload("ovmf-boot"), new Memfd(), new Bitmap(), strategies);
    List<Repetition> cells = new ArrayList<>();
    new Model(Checkout.costs("snp-upm-2022")).run(block, cells::add); // or new Live(7, 30_000)

    assertThat(cells)
        .extracting(o -> o.cell().strategyName())
        .containsExactly("eager-punch-hole", "lazy-discard");
    assertThat(cells.get(0).metrics().written()).containsEntry("discard_count", "10002");
    assertThat(cells.get(1).metrics().written()).doesNotContainKey("discard_count");
  }
}
