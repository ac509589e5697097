// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.result.Observation;
import gmembench.strategy.Strategy;
import gmembench.tracker.Tracker;
import gmembench.workload.WorkloadFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A workload with pins on a backing that has none is said to be unsupported, never a crash. */
class PinTest {
  @Test
  void pinsAreRefusedWithAReason() {
    Costs costs = Costs.read(Path.of("costs", "snp-upm-2022.toml"));
    Block block =
        new Block(
            WorkloadFile.read(Path.of("..", "workloads", "long-pin.toml")),
            Plugins.parse(Backing.class, "memfd"),
            Plugins.parse(Tracker.class, "bitmap"),
            Plugins.all(Strategy.class));
    for (Engine engine : List.of(new Model(costs), new Live(1, 0))) {
      String expected =
          engine instanceof Live
              ? "memfd has no pin, which the workload needs"
              : "snp-upm-2022 has no cost of memfd.";
      List<Observation> seen = new ArrayList<>();
      engine.run(block, seen::add);
      assertThat(seen).hasSameSizeAs(block.strategies());
      assertThat(seen).allMatch(o -> o.status() == Observation.Status.UNSUPPORTED);
      assertThat(seen).anyMatch(o -> o.reason().startsWith(expected));
      assertThat(seen).allMatch(o -> o.reason().matches(".* has no .*"));
    }
  }
}
