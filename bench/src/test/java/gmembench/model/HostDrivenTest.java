// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.Checkout;
import gmembench.InputException;
import gmembench.backing.Memfd;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.result.Repetition;
import gmembench.strategy.EagerPunchHole;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who drives an event: what the host does by itself is neither asked for nor touched by a guest.
 */
class HostDrivenTest {
  /** Asking 1 ms, a punch 1 ns, a guest's touch 1 us, the host's 10 us. */
  private static final String COSTS =
      """
      # Test.
      [memfd.ask]
      fixed_ns = 1_000_000
      [memfd.discard]
      fixed_ns = 1
      [memfd.touch]
      fixed_ns = 1000
      [memfd.host_touch]
      fixed_ns = 10_000
      [memfd.copy_in]
      fixed_ns = 0
      per_page_ns = 3
      [memfd.populate]
      fixed_ns = 0
      per_page_ns = 2
      """;

  @TempDir Path folder;

  /**
   * All of it is the host's, so nobody asks. By hand: a snapshot of 8192 pages in pieces of one is
   * 8192 times a punch, the host's touch, and a punch: 8192 x 10,002 ns.
   */
  @Test
  void aSnapshotIsTheHostsAlone() throws IOException {
    assertThat(run(Checkout.workload("snapshot")).metrics().written())
        .containsEntry("total_ns", "81936384")
        .containsEntry("discard_count", "16384")
        .containsEntry("host_touch_count", "8192")
        .doesNotContainKey("touch_count");
  }

  /** Summed over the trace as it stands, by nothing but its ops; one vCPU, so times add up. */
  @ParameterizedTest
  @CsvSource({"balloon, 1", "memory-hotplug-unplug, 1", "launch, 1", "swiotlb, 1", "kvm-clock, 16"})
  void everyEventCostsWhatItsDriverPays(String name, int vcpus) throws IOException {
    Workload workload = Checkout.workload(name);
    long[] ns = new long[vcpus];
    long[] asks = {0};
    workload
        .trace()
        .forEach((atNs, vcpu, op, gfn, pages) -> {
          boolean asked = op.text().equals("to_shared") || op.text().equals("to_private");
          asks[0] += asked ? 1 : 0;
          ns[vcpu] +=
              asked
                  ? 1_000_000 + 1 + 1000
                  : op.text().startsWith("host_to_")
                      ? 1
                      : op.text().startsWith("host_touch") ? 10_000 : 1000;
        });
    assertThat(asks[0] > 0).isEqualTo(name.equals("swiotlb"));
    assertThat(run(workload).metrics().written())
        .containsEntry("total_ns", Long.toString(Arrays.stream(ns).max().orElseThrow()));
  }

  /**
   * A launch by hand: 512 pieces of 2 MiB are set private at 1 ns each; 128 of them are image, read
   * at 10 us each and copied at 512 x 3 ns, or 512 x 2 ns by the kernel; the first instruction is a
   * touch of 1 us. The two pieces after it are read, and refused.
   */
  @ParameterizedTest
  @CsvSource({"userspace, 3", "kernel, 2"})
  void aLaunchEndsWithTheFirstInstruction(String how, long perPageNs) throws IOException {
    long first = 512 + 128 * (10_000 + 512 * perPageNs) + 1000;
    assertThat(run(Checkout.workload("launch-copy-" + how)).metrics().written())
        .containsEntry("first_instruction_ns", Long.toString(first))
        .containsEntry("total_ns", Long.toString(first + 2 * 10_000))
        .containsEntry("images_refused", "2");
  }

  @Test
  void noVcpuAsksBeforeThereIsOne() throws IOException {
    assertThatThrownBy(() -> run(trace("0,0,to_shared,0,1\n0,0,start,4,1\n")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("before its start");
    assertThat(run(trace("0,0,host_to_shared,0,1\n0,0,start,4,1\n")).status())
        .isEqualTo(Repetition.Status.OK);
  }

  private Workload trace(String events) throws IOException {
    Files.writeString(folder.resolve("t.csv"), "at_ns,vcpu,op,gfn,pages\n" + events);
    Path file = folder.resolve("w.toml");
    Files.writeString(file, "# Test.\nguest = \"1MiB\"\n[source]\ntrace = \"t.csv\"\n");
    return WorkloadFile.read(file);
  }

  private static Repetition run(Workload workload) {
    EagerPunchHole eager = new EagerPunchHole();
    Block block = new Block(workload, new Memfd(), new Bitmap(), List.of(eager));
    return new Model(Costs.of("test", COSTS)).replay(block, Subject.of(workload), eager);
  }
}
