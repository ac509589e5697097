// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.Host;
import gmembench.backing.Memfd;
import gmembench.engine.Block;
import gmembench.run.CLoop;
import gmembench.run.Home;
import gmembench.strategy.EagerPunchHole;
import gmembench.tracker.Bitmap;
import java.util.List;
import org.junit.jupiter.api.Test;

class CLoopTest {
  /** That it runs, not how fast. */
  @Test
  void theCLoopReplaysTheTrace() {
    Host.toolOrSkip("gcc");
    Home home = Home.here();
    Block block =
        new Block(
            home.workload("ovmf-boot-stub"),
            new Memfd(),
            new Bitmap(),
            List.of(new EagerPunchHole()));
    try (CLoop c = CLoop.start(home.folder().resolve("bench/c/replay.c"), block)) {
      assertThat(c.replayNs("bare")).isPositive();
      assertThat(c.replayNs("timed")).isPositive();
    }
  }
}
