// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.Checkout;
import gmembench.InputException;
import gmembench.Plugins;
import gmembench.backing.Memfd;
import gmembench.engine.Block;
import gmembench.result.Repetition;
import gmembench.strategy.Snp;
import gmembench.tracker.PageMap;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The model charges the steps that a tracker counts. */
class TrackerCostsTest {
  private static final String FREE = "# Nothing costs anything.\n[memfd.touch]\nfixed_ns = 0\n";
  private static final Workload BOOT = Checkout.workload("ovmf-boot");

  @TempDir Path folder;

  @Test
  void chargesStepsOfEveryTracker() throws IOException {
    StringBuilder profile = new StringBuilder(FREE);
    for (Tracker tracker : Plugins.all(Tracker.class)) {
      profile
          .append("[tracker.")
          .append(tracker.name())
          .append("]\nnode_ns = 1000\nentry_ns = 7\n");
    }
    for (Tracker tracker : Plugins.all(Tracker.class)) {
      PageMap map = tracker.open(BOOT.guest().pages());
      long atOpen = 1000 * map.nodeSteps() + 7 * map.entrySteps();
      BOOT.trace()
          .forEach((atNs, vcpu, op, gfn, pages) -> {
            if (op.isConversion()) {
              map.set(gfn, pages, op.side());
            }
          });
      long expected = 1000 * map.nodeSteps() + 7 * map.entrySteps() - atOpen;
      assertThat(expected).isPositive();
      assertThat(totalNs(profile.toString(), tracker)).isEqualTo(Long.toString(expected));
      assertThat(totalNs(FREE, tracker)).as("no section, no charge").isEqualTo("0");
    }
  }

  @Test
  void refusesAnUnknownTracker() {
    assertThatThrownBy(() -> read(FREE + "[tracker.frame_map]\nnode_ns = 1\n"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("tracker.frame_map");
    assertThatThrownBy(() -> read(FREE + "[tracker.maple]\nnode_ns = -1\n"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("tracker.maple.node_ns = -1");
  }

  private String totalNs(String profile, Tracker tracker) throws IOException {
    List<Repetition> found = new ArrayList<>();
    new Model(read(profile))
        .run(new Block(BOOT, new Memfd(), tracker, List.of(new Snp())), found::add);
    return String.valueOf(found.get(0).metrics().written().get("total_ns"));
  }

  private Costs read(String profile) throws IOException {
    return Costs.read(Files.writeString(folder.resolve("costs.toml"), profile));
  }
}
