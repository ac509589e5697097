// SPDX-License-Identifier: Apache-2.0
package gmembench.jmh;

import gmembench.tracker.PageMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Nanoseconds a conversion in steady state; a method is a workload of {@link Conversions}, its name
 * spelled in camel case.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {"-Xmx3g", "-XX:+UseSerialGC"})
public class ConvertBenchmark {
  static final int BULK_PART = Conversions.BULK_SHARE / 64;
  static final int ALTERNATING_PART = Conversions.ALTERNATING_PAGES / 64;

  /** A tracker that has played a list once, so that what it keeps for reuse is there. */
  @State(Scope.Thread)
  public static class Loaded {
    @Param("bitmap")
    public String tracker = "bitmap";

    private Conversions conversions = Conversions.liveRanges();
    PageMap map = conversions.open("bitmap");
    private int next;

    @Setup
    public void setUp(BenchmarkParams benchmark) {
      load(MicroResults.workload(benchmark));
    }

    void load(String list) {
      conversions = Conversions.named(list);
      map = conversions.open(tracker);
      conversions.play(map);
    }

    PageMap play() {
      conversions.play(map);
      return map;
    }

    /** The next so many, which divide the list: a short time that the scheduler does not cut. */
    PageMap playPart(int count) {
      conversions.play(map, next, next + count);
      next = (next + count) % conversions.size();
      return map;
    }
  }

  /** The flips of a measured OVMF boot, 1 GiB guest. */
  @Benchmark
  @OperationsPerInvocation(Conversions.OVMF_BOOT)
  public PageMap ovmfBoot(Loaded boot) {
    return boot.play();
  }

  /** 1-2 pages anywhere in 1 GiB, 64 ranges live: the well-behaved guest of the 2022 thread. */
  @Benchmark
  @OperationsPerInvocation(Conversions.LIVE_RANGES)
  public PageMap liveRanges(Loaded ranges) {
    return ranges.play();
  }

  /** Every second 2 MiB frame of 64 GiB is shared, then made private. */
  @Benchmark
  @OperationsPerInvocation(BULK_PART)
  public PageMap bulkShare(Loaded bulk) {
    return bulk.playPart(BULK_PART);
  }

  /** The worst case: every second page of 16 GiB is shared, then made private. */
  @Benchmark
  @OperationsPerInvocation(ALTERNATING_PART)
  public PageMap alternatingPages(Loaded pages) {
    return pages.playPart(ALTERNATING_PART);
  }
}
