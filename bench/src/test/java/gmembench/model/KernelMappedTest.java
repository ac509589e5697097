// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Plugins;
import gmembench.backing.Backing;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.strategy.DirectMap;
import gmembench.strategy.DirectMap.Io;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import gmembench.workload.WorkloadFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the direct map's state costs in a run, by figures that show which of them were charged. */
class KernelMappedTest {
  private static final String COSTS =
      """
      # Test.
      [host]
      cpus = CPUS
      [guest-memfd-no-direct-map.touch]
      fixed_ns = 0
      [guest-memfd-no-direct-map.direct_map]
      fixed_ns = 0
      per_entry_ns = 1
      per_entry_split_ns = 1_000
      per_kernel_flush_ns = 100_000
      per_kernel_flush_all_ns = 10_000_000
      per_shootdown_ns = 1_000_000_000
      [guest-memfd-no-direct-map.join]
      fixed_ns = 0
      per_entry_join_ns = 10
      per_kernel_flush_all_ns = 10_000_000
      per_shootdown_ns = 1_000_000_000
      [guest-memfd-no-direct-map.map]
      fixed_ns = 0
      per_page_ns = 500
      [guest-memfd-no-direct-map.copy]
      fixed_ns = 0
      per_page_ns = 700
      [guest-memfd-no-direct-map.copy_in]
      fixed_ns = 0
      per_page_ns = 700
      [guest-memfd-no-direct-map.pin]
      fixed_ns = 20_000
      [guest-memfd-no-direct-map.unpin]
      fixed_ns = 30_000
      """;

  @TempDir Path folder;

  private static Map<String, String> run(Workload workload, Io io, String folio, int cpus) {
    return run(workload, io, folio, cpus, COSTS);
  }

  private static Map<String, String> run(
      Workload workload, Io io, String folio, int cpus, String profile) {
    Strategy strategy = new DirectMap(io);
    Backing backing = Plugins.parse(Backing.class, "guest-memfd-no-direct-map:folio=" + folio);
    Block block = new Block(workload, backing, new Bitmap(), List.of(strategy));
    Costs costs = Costs.of("test", profile.replace("CPUS", "" + cpus));
    return new Model(costs).observe(block, Subject.of(workload), strategy).metrics().written();
  }

  private Workload trace(String guest, String events) throws IOException {
    Files.writeString(folder.resolve("t.csv"), "at_ns,vcpu,op,gfn,pages\n" + events);
    Path file = folder.resolve("w.toml");
    Files.writeString(file, "# Test.\nguest = \"" + guest + "\"\n[source]\ntrace = \"t.csv\"\n");
    return WorkloadFile.read(file);
  }

  /**
   * By hand. The guest has used its folios, so their 2M entries are gone whole and the 1G one is
   * split: before the replay. Pages 8 to 15 come back: a split (1000), which flushes all (10 ms) on
   * four other CPUs (4 s), and 8 entries (8). They go: 8 entries, 8 pages flushed (0.8 ms), 4 s. By
   * a call for each page, going is 8 flushes: 32 s. Then none of the frame is there, so its table
   * is joined (10), with a flush: 10 ms and 4 s.
   */
  @ParameterizedTest
  @CsvSource({
    "RESTORE, 8010801016",
    "RESTORE_PAGE, 36010801016",
    "REJOIN, 12020801026",
    "KMAP, 8000"
  })
  void aFragmentOfAHugePageByHand(Io io, long ns) throws IOException {
    Workload workload = trace("4MiB", "0,0,host_to_shared,8,8\n1000000000,0,host_to_private,8,8\n");
    assertThat(run(workload, io, "2MiB", 5)).containsEntry("total_ns", "" + ns);
  }

  /**
   * An image that is copied into an empty guest allocates its pages, so they leave: entries of 1G
   * and 2M are split, and each of four pages has a flush of its own.
   */
  @Test
  void whatAnImageAllocatesLeavesToo() throws IOException {
    Files.writeString(
        folder.resolve("t.csv"),
        "at_ns,vcpu,op,gfn,pages\n0,0,host_touch_shared,8,4\n0,0,copy,8,4\n");
    Path file = folder.resolve("w.toml");
    Files.writeString(
        file, "# Test.\nguest = \"4MiB\"\nmemory = \"empty\"\n[source]\ntrace = \"t.csv\"\n");
    assertThat(run(WorkloadFile.read(file), Io.USER, "4KiB", 1))
        .containsEntry("kernel_flush_count", "6")
        .containsEntry("direct_map_1g_split_count", "1")
        .containsEntry("direct_map_2m_split_count", "1");
  }

  /** A flush is on all CPUs of the host, so two of them cost 0, or 254 s, more. */
  @Test
  void eachFlushInterruptsEveryOtherCpu() throws IOException {
    Workload workload = trace("4MiB", "0,0,host_to_shared,8,8\n0,0,host_to_private,8,8\n");
    assertThat(run(workload, Io.RESTORE, "2MiB", 1)).containsEntry("total_ns", "10801016");
    assertThat(run(workload, Io.RESTORE, "2MiB", 128))
        .containsEntry("total_ns", "254010801016")
        .containsEntry("kernel_flush_count", "2")
        .containsEntry("direct_map_2m_split_count", "1")
        .containsEntry("direct_map_huge_start_bytes", "4194304")
        .containsEntry("direct_map_huge_end_bytes", "2097152");
  }

  /** All of a frame comes back, so it is joined: 1 entry of 2M was gone whole, no split at all. */
  @Test
  void aWholeFrameIsNeverSplit() throws IOException {
    Workload workload = trace("4MiB", "0,0,host_to_shared,512,512\n0,0,host_to_private,512,512\n");
    assertThat(run(workload, Io.RESTORE, "2MiB", 1))
        .containsEntry("total_ns", "10000002")
        .doesNotContainKey("direct_map_2m_split_count");
    Workload halves = trace("4MiB", "0,0,host_to_shared,0,256\n0,0,host_to_shared,256,256\n");
    assertThat(run(halves, Io.REJOIN, "2MiB", 1))
        .as("a split with a flush, 512 entries, and 512 joined with a flush")
        .containsEntry("total_ns", "20001522")
        .containsEntry("direct_map_join_count", "1")
        .containsEntry("direct_map_huge_end_bytes", "4194304");
  }

  /**
   * Clocks of 16 vCPUs, 1000 updates each: copied at first, and at every update. By hand, restored
   * or copied the page of clock k can be read from k x 0.1 ms on to the last of 16,016 events,
   * which is at 1601.5 ms: 16 x 1601.5 - 12 page-ms, or 104,906.75 byte-seconds. Copies of 0.7 us,
   * one after another, add 16,000 x 16 pages, and 1 + ... + 16 at first: 734.4.
   */
  @Test
  void aBouncedClockIsCopiedAtEveryUpdate() {
    Workload clock = Checkout.workload("kvm-clock");
    assertThat(run(clock, Io.BOUNCE, "4KiB", 2))
        .containsEntry("copy_count", "16")
        .containsEntry("copy_in_count", "16000")
        .containsEntry("total_ns", "700700")
        .containsEntry("reachable_peak_bytes", "65536")
        .containsEntry("reachable_byte_s", "105641");
    assertThat(run(clock, Io.RESTORE, "4KiB", 1))
        .containsEntry("reachable_peak_bytes", "65536")
        .containsEntry("reachable_byte_s", "104906");
  }

  /** Mapped for each access: 16,000 times 1 us, of one page: 65.5 byte-seconds, and no more. */
  @Test
  void aMappingForAnAccessIsThereForItAlone() {
    assertThat(run(Checkout.workload("kvm-clock"), Io.ACCESS, "4KiB", 2))
        .containsEntry("map_count", "32000")
        .containsEntry("reachable_peak_bytes", "4096")
        .containsEntry("reachable_byte_s", "65");
    assertThat(run(Checkout.workload("kvm-clock"), Io.USER, "4KiB", 2))
        .containsEntry("total_ns", "0")
        .containsEntry("reachable_byte_s", "0");
  }

  /**
   * The VMM's own copy is what a snapshot costs without any of these ways. By hand: a cache keeps 8
   * MiB, so each of 8192 pages, used in turn, has left it when it is copied, 8192 x 9 ns; a page
   * that is copied again at once is warm, and so is one that was bounced just before. Of a guest of
   * 4 MiB all is warm.
   */
  @Test
  void aSnapshotCopiesWhatNoCacheHolds() throws IOException {
    String copied =
        COSTS + "[guest-memfd-no-direct-map.host_touch]\nfixed_ns = 0\nper_cold_ns = 9\n";
    Workload snapshot = Checkout.workload("snapshot");
    assertThat(run(snapshot, Io.USER, "4KiB", 2, copied)).containsEntry("total_ns", "" + 8192 * 9);
    assertThat(run(snapshot, Io.USER, "2MiB", 2, copied)).containsEntry("total_ns", "" + 8192 * 9);
    assertThat(run(snapshot, Io.KMAP, "4KiB", 2, copied))
        .containsEntry("total_ns", "" + 8192 * (9 + 2 * 500));
    assertThat(run(snapshot, Io.BOUNCE, "4KiB", 2, copied))
        .containsEntry("total_ns", "" + 8192 * 3 * 700);
    String twice = "0,0,host_to_shared,8,4\n1,0,host_touch_shared,8,4\n2,0,host_touch_shared,8,4\n";
    assertThat(run(trace("64MiB", twice), Io.USER, "4KiB", 1, copied))
        .as("8 and its neighbours alone were used before: they are warm")
        .containsEntry("total_ns", "0");
    String after =
        """
        0,0,host_to_shared,8,4
        1,0,touch_private,4096,4096
        2,0,host_touch_shared,8,4
        3,0,host_touch_shared,8,4
        """;
    assertThat(run(trace("64MiB", after), Io.USER, "4KiB", 1, copied))
        .as("16 MiB of other pages were used meanwhile: cold once")
        .containsEntry("total_ns", "" + 4 * 9);
  }

  /** A device pins pages 8 to 11 twice: what has no entry gives EFAULT, and is not dropped. */
  @ParameterizedTest
  @CsvSource({
    "RESTORE, 0, 100000",
    "BOUNCE, 0, 100000",
    "KMAP, 2, 0",
    "ACCESS, 2, 0",
    "USER, 2, 0"
  })
  void whatHasNoEntryIsNotPinned(Io io, int refused, long pinNs) throws IOException {
    String pins = "0,0,pin,8,4\n1,0,unpin,8,4\n";
    String twice = "0,0,host_to_shared,8,4\n" + pins + pins.replace("0,0,pin", "1,0,pin");
    Workload workload = trace("4MiB", twice);
    Map<String, String> metrics = run(workload, io, "4KiB", 1);
    assertThat(metrics.getOrDefault("pin_efault_count", "0")).isEqualTo("" + refused);
    long ns =
        Long.parseLong(metrics.getOrDefault("pin_total_ns", "0"))
            + Long.parseLong(metrics.getOrDefault("unpin_total_ns", "0"));
    assertThat(ns).isEqualTo(pinNs);
  }
}
