// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.backing.Memfd;
import gmembench.engine.Block;
import gmembench.engine.Engine;
import gmembench.engine.TouchOnly;
import gmembench.live.Live;
import gmembench.model.Costs;
import gmembench.model.Model;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.Snp;
import gmembench.strategy.Strategy;
import gmembench.tracker.Tracker;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A workload with pins: where there are none it is said to be unsupported, never a crash. */
class PinTest {
  @Test
  void pinsAreRefusedWithAReason() {
    Costs costs = Checkout.costs("snp-upm-2022");
    List<Repetition> modelled = run(new Model(costs), new Memfd(), Plugins.all(Strategy.class));
    assertThat(modelled).allMatch(o -> o.status() == Status.UNSUPPORTED);
    assertThat(modelled).anyMatch(o -> o.reason().startsWith("snp-upm-2022 has no cost of memfd."));
    assertThat(modelled).allMatch(o -> o.reason().matches(".* has no .*"));

    List<Repetition> live = run(new Live(1, 0), new TouchOnly("no-pins"), List.of(new Snp()));
    assertThat(live).hasSize(1);
    assertThat(live.get(0).status()).isEqualTo(Status.UNSUPPORTED);
    assertThat(live.get(0).reason()).isEqualTo("no-pins has no pin, which the workload needs");
  }

  /** Of each of four frames a page is held while others convert, by this host's kernel. */
  @Tag("kernel")
  @Test
  void aMemfdIsReallyPinned() {
    for (Repetition o :
        run(new Live(1, 0), new Memfd(), List.of(new Snp(), new EagerPunchHole()))) {
      assertThat(o.reason()).isEmpty();
      assertThat(o.metrics().written())
          .containsEntry("pin_count", "4")
          .containsEntry("unpin_count", "4");
    }
  }

  private static List<Repetition> run(Engine engine, Backing backing, List<Strategy> strategies) {
    Block block =
        new Block(
            Checkout.workload("long-pin"),
            backing,
            Plugins.parse(Tracker.class, "bitmap"),
            strategies);
    List<Repetition> seen = new ArrayList<>();
    engine.run(block, seen::add);
    assertThat(seen).hasSameSizeAs(strategies);
    return seen;
  }
}
