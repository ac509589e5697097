// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.backing.Memfd;
import gmembench.engine.Block;
import gmembench.live.Live;
import gmembench.model.Costs;
import gmembench.model.Model;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.strategy.BatchedDiscard;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.Strategy;
import gmembench.tracker.FrameMap;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several VMs of one host on the model. */
class FleetTest {
  private static final String COSTS =
      """
      # Why.
      [memfd.discard]
      fixed_ns = 1000
      [memfd.touch]
      fixed_ns = 100
      """;
  private static final String HOST_LOCK =
      """
      [lock.zone_lock]
      per = "host"
      [lock.zone_lock.alone]
      memfd.discard = 100
      memfd.touch = 100
      """;

  @TempDir Path folder;

  private Workload workload(int vms) throws IOException {
    String toml =
        "# Why.\nguest = \"64MiB\"\nvcpus = 2\nvms = "
            + vms
            + "\n[source]\npattern = \"concurrent\"\nflips = 200\n";
    return WorkloadFile.read(Files.writeString(folder.resolve("w.toml"), toml));
  }

  private Map<String, String> run(String costs, int vms, Strategy strategy) throws IOException {
    Path profile = Files.writeString(folder.resolve("c.toml"), costs);
    Block block = new Block(workload(vms), new Memfd(), new FrameMap(), List.of(strategy));
    List<Repetition> found = new ArrayList<>();
    new Model(Costs.read(profile)).run(block, found::add);
    assertThat(found.get(0).status()).isEqualTo(Status.OK);
    return found.get(0).metrics().written();
  }

  private static long of(Map<String, String> metrics, String name) {
    return Long.parseLong(String.valueOf(metrics.get(name)));
  }

  /** VMs that share nothing take the time of one, and three times its memory. */
  @Test
  void vmsAreIndependent() throws IOException {
    for (Strategy strategy : List.of(new EagerPunchHole(), new BatchedDiscard())) {
      Map<String, String> one = run(COSTS, 1, strategy);
      Map<String, String> three = run(COSTS, 3, strategy);
      for (String same : List.of("total_ns", "convert_max_ns", "state_hash")) {
        assertThat(three).containsEntry(same, one.get(same));
      }
      for (String each : List.of("conversions", "discard_count", "shared_peak_bytes")) {
        assertThat(of(three, each)).as(each).isEqualTo(3 * of(one, each));
      }
      assertThat(of(three, "tracker_bytes")).isEqualTo(3 * of(one, "tracker_bytes"));
    }
  }

  @Test
  void aLockOfTheHostSerialisesThem() throws IOException {
    Map<String, String> one = run(COSTS + HOST_LOCK, 1, new EagerPunchHole());
    Map<String, String> five = run(COSTS + HOST_LOCK, 5, new EagerPunchHole());
    assertThat(of(five, "total_ns")).isEqualTo(5 * of(one, "total_ns"));
    assertThat(of(five, "zone_lock_held_total_ns")).isEqualTo(of(five, "total_ns"));
    assertThat(of(five, "lock_wait_total_ns")).isEqualTo(of(five, "zone_lock_wait_total_ns"));
    Map<String, String> ofVm =
        run(COSTS + HOST_LOCK.replace("\"host\"", "\"vm\""), 5, new EagerPunchHole());
    assertThat(of(ofVm, "total_ns")).isEqualTo(of(one, "total_ns"));
  }

  @Test
  void liveReplaysOneVm() throws IOException {
    List<Repetition> found = new ArrayList<>();
    new Live(1, 1)
        .run(
            new Block(workload(2), new Memfd(), new FrameMap(), List.of(new EagerPunchHole())),
            found::add);
    assertThat(found.get(0).status()).isEqualTo(Status.UNSUPPORTED);
    assertThat(found.get(0).reason()).isEqualTo("live replays one VM, the workload has 2");
  }
}
