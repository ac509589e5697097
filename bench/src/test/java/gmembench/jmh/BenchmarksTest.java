// SPDX-License-Identifier: Apache-2.0
package gmembench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.Plugins;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;
import gmembench.tracker.Tracker;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Every benchmark once, with the answers that it must give: a fast wrong answer is no result. */
@Tag("slow")
class BenchmarksTest {
  static List<String> trackers() {
    return Plugins.all(Tracker.class).stream().map(Tracker::name).toList();
  }

  @ParameterizedTest
  @MethodSource("trackers")
  void conversionsLeaveTheStateThatTheyShould(String tracker) {
    assertThat(Conversions.named("ovmf-boot").size()).isEqualTo(Conversions.OVMF_BOOT);
    assertThat(Conversions.named("live-ranges").size()).isEqualTo(Conversions.LIVE_RANGES);
    assertThat(Conversions.named("bulk-share").size()).isEqualTo(Conversions.BULK_SHARE);
    assertThat(Conversions.named("alternating-pages").size())
        .isEqualTo(Conversions.ALTERNATING_PAGES);
    for (String name : List.of("ovmf-boot", "live-ranges", "bulk-share")) {
      Conversions list = Conversions.named(name);
      PageMap map = list.open(tracker);
      PageMap bitmap = list.open("bitmap");
      for (int part = 0; part < 3; part++) {
        int from = list.size() / 3 * part;
        list.play(map, from, from + list.size() / 3);
        list.play(bitmap, from, from + list.size() / 3);
        assertThat(map.hash()).isEqualTo(bitmap.hash());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("trackers")
  void convertBenchmarkReturnsToItsStart(String tracker) {
    ConvertBenchmark benchmark = new ConvertBenchmark();
    ConvertBenchmark.Loaded boot = loaded(tracker, "ovmf-boot");
    assertThat(benchmark.ovmfBoot(boot).isUniform(0, boot.map.pages())).isTrue();
    ConvertBenchmark.Loaded live = loaded(tracker, "live-ranges");
    long hash = live.map.hash();
    assertThat(benchmark.liveRanges(live).hash()).isEqualTo(hash);
    ConvertBenchmark.Loaded bulk = loaded(tracker, "bulk-share");
    for (int part = 0; part < 64; part++) {
      benchmark.bulkShare(bulk);
      assertThat(bulk.map.isUniform(0, bulk.map.pages())).isEqualTo(part == 63);
    }
    ConvertBenchmark.Loaded pages = loaded(tracker, "alternating-pages");
    for (int part = 0; part < 64; part++) {
      benchmark.alternatingPages(pages);
      assertThat(pages.map.isUniform(0, pages.map.pages())).isEqualTo(part == 63);
    }
  }

  private static ConvertBenchmark.Loaded loaded(String tracker, String list) {
    ConvertBenchmark.Loaded loaded = new ConvertBenchmark.Loaded();
    loaded.tracker = tracker;
    loaded.load(list);
    return loaded;
  }

  @ParameterizedTest
  @MethodSource("trackers")
  void initPutsTheWholeGuestOnOneSide(String tracker) {
    InitBenchmark benchmark = new InitBenchmark();
    benchmark.tracker = tracker;
    benchmark.guest = "4GiB";
    benchmark.setUp();
    PageMap map = benchmark.init();
    assertThat(map.pages()).isEqualTo(4L << PageMap.ORDER_1G);
    assertThat(map.get(0)).isEqualTo(Side.SHARED);
    assertThat(map.isUniform(0, map.pages())).isTrue();
  }

  @ParameterizedTest
  @MethodSource("trackers")
  void lookupsHitAndMiss(String tracker) {
    LookupBenchmark benchmark = new LookupBenchmark();
    benchmark.tracker = tracker;
    benchmark.setUp();
    assertThat(benchmark.faultHit()).isEqualTo(LookupBenchmark.LOOKUPS);
    assertThat(benchmark.faultMiss()).isZero();
    assertThat(benchmark.frameUniform()).isZero();
    assertThat(benchmark.frameMixed()).isBetween(4050, LookupBenchmark.LOOKUPS);
  }

  @ParameterizedTest
  @MethodSource("trackers")
  void readersAndWriterAgree(String tracker) {
    ReadersBenchmark benchmark = new ReadersBenchmark();
    benchmark.tracker = tracker;
    benchmark.setUp();
    PageMap map = benchmark.write1();
    assertThat(map.isUniform(0, map.pages())).isFalse();
    ReadersBenchmark plain = new ReadersBenchmark();
    plain.setUp();
    assertThat(benchmark.read1())
        .as("some of the 96 pages of 262,144 that are shared")
        .isEqualTo(plain.read1())
        .isPositive();
  }

  /** The annotations are right: JMH itself runs one of each class. */
  @Test
  void jmhRunsThem() throws RunnerException {
    var options =
        new OptionsBuilder()
            .include("ConvertBenchmark.(ovmfBoot|liveRanges)")
            .include("InitBenchmark")
            .include("GuestSizeBenchmark")
            .include("LookupBenchmark")
            .include("ReadersBenchmark")
            .param("tracker", "frame-map")
            .param("guest", "1GiB")
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .measurementTime(TimeValue.milliseconds(10))
            .verbosity(org.openjdk.jmh.runner.options.VerboseMode.SILENT)
            .build();
    List<RunResult> results = List.copyOf(new Runner(options).run());
    assertThat(results).hasSize(2 + 1 + 2 + 4 + 4);
    assertThat(results).allMatch(result -> result.getPrimaryResult().getScore() > 0);
  }

  @Test
  void statesAreThoseOfFullLists() {
    long gib = 1L << PageMap.ORDER_1G;
    assertThat(SharedState.of("bulk-share", "bitmap").bytes()).isEqualTo(64 * gib / 8);
    assertThat(SharedState.of("half-shared-64GiB", "maple"))
        .isEqualTo(SharedState.of("bulk-share", "maple"))
        .extracting(SharedState::kernelBytes)
        .satisfies(b -> assertThat(b).isBetween(530_000L, 600_000L));
    assertThat(SharedState.of("init-1GiB", "bitmap").guestPages()).isEqualTo(gib);
    assertThat(SharedState.of("readers-4-read", "bitmap"))
        .isEqualTo(SharedState.of("live-ranges", "bitmap"));
  }

  @ParameterizedTest
  @MethodSource("trackers")
  void hashesOfStatesAreEqual(String tracker) {
    for (String workload : List.of("ovmf-boot", "spread-16GiB", "fault-hit", "init-1GiB")) {
      assertThat(SharedState.of(workload, tracker).hash())
          .isEqualTo(SharedState.of(workload, "bitmap").hash());
    }
  }

  @ParameterizedTest
  @MethodSource("trackers")
  void sizesReturnToTheirStart(String tracker) {
    GuestSizeBenchmark benchmark = new GuestSizeBenchmark();
    for (String guest : List.of("1GiB", "4GiB")) {
      GuestSizeBenchmark.HalfShared half = new GuestSizeBenchmark.HalfShared();
      half.tracker = tracker;
      half.guest = guest;
      half.setUp();
      long hash = half.map.hash();
      assertThat(benchmark.halfShared(half).hash()).isEqualTo(hash);
      assertThat(half.map.get(0)).isEqualTo(Side.SHARED);
      assertThat(half.map.get(512)).isEqualTo(Side.PRIVATE);
      GuestSizeBenchmark.Spread spread = new GuestSizeBenchmark.Spread();
      spread.tracker = tracker;
      spread.guest = guest;
      spread.setUp();
      hash = spread.map.hash();
      assertThat(benchmark.spread(spread).hash()).isEqualTo(hash);
    }
  }
}
