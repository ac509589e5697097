// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.backing.Memfd;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.result.Repetition;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.Strategy;
import gmembench.strategy.Upm2022;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where memory comes from: a page costs what it costs when it becomes resident, and then only. */
class StartOfMemoryTest {
  @TempDir Path folder;

  /**
   * All of 4 GiB is set private and faulted in: 1,048,576 pages. The image of 32 MiB is read into
   * shared memory and copied to pages that are there: 8,192 more. At 1 us a fault that is 1,056,768
   * us.
   */
  @Test
  void aLaunchFaultsEveryPageOnceAndItsImageOnceMore() throws IOException {
    Workload launch = Checkout.workload("launch");
    Repetition found = run(launch, new EagerPunchHole(), "[memfd.allocate]\nfixed_ns = 0\n");
    assertThat(found.metrics().written()).containsEntry("total_ns", "1056768000");
    assertThat(found.metrics().written()).containsEntry("double_allocated_peak_bytes", "33554432");
  }

  /** The same pages by a guest that has used them before: the image's shared copy is all. */
  @Test
  void aGuestThatRanBeforeFaultsNothing() throws IOException {
    Path file = folder.resolve("used.toml");
    String launch = Files.readString(Checkout.path("workloads/launch.toml"));
    Files.writeString(file, launch.replace("\"empty\"", "\"used\""));
    Repetition found =
        run(WorkloadFile.read(file), new EagerPunchHole(), "[memfd.allocate]\nfixed_ns = 0\n");
    assertThat(found.metrics().written()).containsEntry("total_ns", "8192000");
  }

  /**
   * UPM of 2022 by hand, 10 us a fallocate, 1 us a punch, 1 us a page that is faulted in by a
   * touch. Empty at first; 4 pages to shared: a punch of nothing (1), 4 faults (4); back: fallocate
   * (10), a punch (1), and the touch finds the pages allocated: 16 us, 4 pages at most on both.
   */
  @Test
  void fallocateIsTheConversionOf2022() throws IOException {
    Path trace = folder.resolve("t.csv");
    Files.writeString(trace, "at_ns,vcpu,op,gfn,pages\n0,0,to_shared,8,4\n1000,0,to_private,8,4\n");
    Path file = folder.resolve("w.toml");
    Files.writeString(
        file, "# Test.\nguest = \"1MiB\"\nmemory = \"empty\"\n[source]\ntrace = \"t.csv\"\n");
    String costs = "[memfd.allocate]\nfixed_ns = 10000\n";
    Repetition both = run(WorkloadFile.read(file), new Upm2022(), costs);
    assertThat(both.metrics().written())
        .containsEntry("total_ns", "16000")
        .containsEntry("allocate_count", "1")
        .containsEntry("discard_count", "2")
        .containsEntry("double_allocated_peak_bytes", "16384")
        .containsEntry("double_allocated_end_bytes", "0");
    Repetition one = run(WorkloadFile.read(file), new Upm2022(false), costs);
    assertThat(one.metrics().written())
        .containsEntry("total_ns", "15000")
        .containsEntry("discard_count", "1")
        .containsEntry("double_allocated_end_bytes", "16384");
  }

  /**
   * The boots of 2022 as they were made: 5001 x (0.199960 + 6.998600) ms of fallocates and shared
   * punches, and 5001 x 6.998600 ms of private ones: 71.0 s over 32. Without the shared punches
   * 5001 x (0.199960 + 6.998600) ms, 36.0 s.
   */
  @Test
  void theBootsOf2022AreReplayedAsTheyWereMade() {
    Workload boot = Checkout.workload("ovmf-boot");
    for (boolean sharedDiscard : new boolean[] {true, false}) {
      Strategy upm = new Upm2022(sharedDiscard);
      Block block = new Block(boot, new Memfd(), new Bitmap(), List.of(upm));
      assertThat(
              new Model(Checkout.costs("upm-2022"))
                  .replay(block, Subject.of(boot), upm)
                  .metrics()
                  .written())
          .containsEntry("total_ns", sharedDiscard ? "70999997160" : "35999998560");
    }
  }

  private Repetition run(Workload workload, Strategy strategy, String costs) throws IOException {
    Path profile = folder.resolve("fault.toml");
    Files.writeString(
        profile,
        "# Test.\n[memfd.touch]\nfixed_ns = 0\nper_fault_ns = 1000\n[memfd.discard]\nfixed_ns = "
            + (costs.contains("10000") ? 1000 : 0)
            + "\n"
            + costs);
    Block block = new Block(workload, new Memfd(), new Bitmap(), List.of(strategy));
    return new Model(Costs.read(profile), 0).replay(block, Subject.of(workload), strategy);
  }
}
