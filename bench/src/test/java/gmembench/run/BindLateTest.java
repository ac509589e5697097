// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.engine.Block;
import gmembench.engine.Engine;
import gmembench.live.Live;
import gmembench.model.Costs;
import gmembench.model.Model;
import gmembench.result.Repetition;
import gmembench.strategy.BindLate;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.MemslotPunch;
import gmembench.strategy.Strategy;
import gmembench.tracker.Tracker;
import gmembench.workload.WorkloadFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What changes of slots cost and leave behind, live and on the model. */
@Tag("kernel")
class BindLateTest {
  @TempDir private Path folder = Path.of("");

  private static final String COSTS =
      """
      # Why.
      [guest-memfd-bound.touch]
      fixed_ns = 1
      [guest-memfd-bound.discard]
      fixed_ns = 3
      [guest-memfd-bound.rebind]
      fixed_ns = 1000
      per_page_ns = 2
      """;

  private List<Map<String, String>> run(Engine engine, String workload, List<Strategy> strategies)
      throws IOException {
    Path file = folder.resolve("w.toml");
    Files.writeString(file, "# Why.\n" + workload);
    Backing backing = Plugins.parse(Backing.class, "guest-memfd-bound");
    if (engine instanceof Live) {
      Host.orSkip(backing);
    }
    Block block =
        new Block(
            WorkloadFile.read(file), backing, Plugins.parse(Tracker.class, "bitmap"), strategies);
    List<Map<String, String>> metrics = new ArrayList<>();
    engine.run(
        block,
        o -> {
          assertThat(o.status()).as(o.reason()).isEqualTo(Repetition.Status.OK);
          metrics.add(o.metrics().written());
        });
    return metrics;
  }

  private Model model() throws IOException {
    Path costs = folder.resolve("c.toml");
    Files.writeString(costs, COSTS);
    return new Model(Costs.read(costs));
  }

  /**
   * Pages that are allocated again after they were shared stay, unless what was missed is replayed.
   */
  @Test
  void replayFreesWhatWasAllocatedTwice() throws IOException {
    String workload =
        """
        guest = "16MiB"
        [source]
        pattern = "preallocate"
        range = "8MiB"
        piece = "64KiB"
        shared-percent = 50
        late-percent = 50
        """;
    List<Strategy> all =
        List.of(new EagerPunchHole(), new BindLate(1000, false), new BindLate(1000, true));
    List<Map<String, String>> model = run(model(), workload, all);
    List<Map<String, String>> live = run(new Live(1, 0), workload, all);
    for (int i = 0; i < 3; i++) {
      for (String metric : List.of("double_allocated_end_bytes", "missed_invalidations_count")) {
        assertThat(live.get(i).get(metric)).as(metric).isEqualTo(model.get(i).get(metric));
      }
    }
    assertThat(live.get(0).get("double_allocated_end_bytes")).isNotEqualTo("0");
    assertThat(live.get(1).get("double_allocated_end_bytes"))
        .isEqualTo(live.get(0).get("double_allocated_end_bytes"));
    assertThat(live.get(2)).containsEntry("double_allocated_end_bytes", "0");
    assertThat(live.get(2).get("missed_invalidations_count")).isNotEqualTo("0");
  }

  /** One conversion is 4 slot operations there and 4 back, and sets a slot's pages twice. */
  @Test
  void slotsAreChangedAlikeLiveAndOnTheModel() throws IOException {
    String workload =
        """
        guest = "16MiB"
        [source]
        pattern = "concurrent"
        region = "16MiB"
        range = "8KiB"
        flips = 50
        """;
    List<Strategy> all = List.of(new MemslotPunch());
    Map<String, String> model = run(model(), workload, all).get(0);
    Map<String, String> live = run(new Live(1, 0), workload, all).get(0);
    assertThat(live.get("slot_operations")).isEqualTo(model.get("slot_operations"));
    assertThat(live).containsEntry("slots_end", "1");
    assertThat(model.get("rebind_count")).isEqualTo("100");
    long operations = Long.parseLong(model.getOrDefault("slot_operations", "0"));
    assertThat(operations).isBetween(350L, 400L);
    assertThat(model).containsEntry("rebind_total_ns", "" + (operations * 1000 + 100 * 4096 * 2));
  }
}
