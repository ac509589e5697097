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
import gmembench.strategy.BindLate.State;
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
      [guest-memfd-bound.allocate]
      fixed_ns = 2
      [memfd.touch]
      fixed_ns = 1
      [memfd.discard]
      fixed_ns = 3
      [memfd.allocate]
      fixed_ns = 2
      [guest-memfd-bound.rebind]
      fixed_ns = 1000
      per_page_ns = 2
      """;

  private List<Map<String, String>> run(
      Engine engine, String workload, String kind, List<Strategy> strategies) throws IOException {
    Path file = folder.resolve("w.toml");
    Files.writeString(file, "# Why.\n" + workload);
    Backing backing = Plugins.parse(Backing.class, kind);
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

  private static final String PREALLOCATE =
      """
      guest = "16MiB"
      memory = "empty"
      [source]
      pattern = "preallocate"
      range = "8MiB"
      piece = "64KiB"
      shared-percent = 50
      late-percent = 50
      """;

  /** Pages that were allocated again after they were shared stay if KVM has not heard of that. */
  @Test
  void whatWasMissedBeforeTheBindingStaysTwiceLiveAsOnTheModel() throws IOException {
    List<Strategy> all =
        List.of(
            new BindLate(0, State.NOTIFIED),
            new BindLate(20, State.NOTIFIED),
            new BindLate(1000, State.NOTIFIED));
    List<Map<String, String>> live = same(PREALLOCATE, "guest-memfd-bound", all);
    assertThat(live.get(0)).containsEntry("double_allocated_end_bytes", "0");
    assertThat(bytes(live.get(1))).isPositive();
    assertThat(bytes(live.get(2))).isGreaterThan(bytes(live.get(1)));
    assertThat(live.get(2)).containsEntry("implicit_conversions_count", "0");
  }

  /**
   * SEEK_DATA of a memfd finds what was written, and not what was only allocated: such pages are
   * not up to date (mapping_seek_hole_data). A walk of the page cache, which is the model's, finds
   * all. A guest_memfd has no lseek(2).
   */
  @Test
  void seekDataFindsWhatWasWrittenAlone() throws IOException {
    List<Strategy> all = List.of(new BindLate(20, State.NOTIFIED), new BindLate(20, State.FILE));
    List<Map<String, String>> model = run(model(), PREALLOCATE, "memfd", all);
    List<Map<String, String>> live = run(new Live(1, 0), PREALLOCATE, "memfd", all);
    assertThat(model.get(1)).containsEntry("double_allocated_end_bytes", "0");
    assertThat(live.get(0).get("double_allocated_end_bytes"))
        .isEqualTo(model.get(0).get("double_allocated_end_bytes"));
    assertThat(bytes(live.get(1))).isEqualTo(bytes(live.get(0))).isPositive();
    assertThat(live.get(1)).containsEntry("replayed_populates_pages", "0");
  }

  private static long bytes(Map<String, String> metrics) {
    return Long.parseLong(metrics.getOrDefault("double_allocated_end_bytes", "0"));
  }

  /** What is counted is the same live and on the model; returns the live metrics. */
  private List<Map<String, String>> same(String workload, String backing, List<Strategy> all)
      throws IOException {
    List<Map<String, String>> model = run(model(), workload, backing, all);
    List<Map<String, String>> live = run(new Live(1, 0), workload, backing, all);
    for (int i = 0; i < all.size(); i++) {
      for (String metric :
          List.of(
              "double_allocated_end_bytes",
              "missed_populates_count",
              "missed_populates_pages",
              "implicit_conversions_count",
              "replayed_populates_count",
              "replayed_populates_pages",
              "allocate_count",
              "discard_count",
              "touch_count")) {
        assertThat(live.get(i).get(metric)).as(metric).isEqualTo(model.get(i).get(metric));
      }
    }
    return live;
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
    Map<String, String> model = run(model(), workload, "guest-memfd-bound", all).get(0);
    Map<String, String> live = run(new Live(1, 0), workload, "guest-memfd-bound", all).get(0);
    assertThat(live.get("slot_operations")).isEqualTo(model.get("slot_operations"));
    assertThat(live).containsEntry("slots_end", "1");
    assertThat(model.get("rebind_count")).isEqualTo("100");
    long operations = Long.parseLong(model.getOrDefault("slot_operations", "0"));
    assertThat(operations).isBetween(350L, 400L);
    assertThat(model).containsEntry("rebind_total_ns", "" + (operations * 1000 + 100 * 4096 * 2));
  }
}
