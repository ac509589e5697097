// SPDX-License-Identifier: Apache-2.0
package gmembench.jmh;

import gmembench.Units;
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

/** Nanoseconds a conversion in steady state, as the guest grows. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx5g", "-XX:+UseSerialGC"})
public class GuestSizeBenchmark {
  /** A tracker in its steady state, and conversions that return to it. */
  @State(Scope.Thread)
  public abstract static class Sized {
    @Param("bitmap")
    public String tracker = "bitmap";

    @Param({"1GiB", "16GiB", "128GiB", "1TiB"})
    public String guest = "";

    Conversions conversions = Conversions.liveRanges();
    PageMap map = conversions.open("bitmap");

    PageMap play() {
      conversions.play(map);
      return map;
    }
  }

  public static class Spread extends Sized {
    @Setup
    public void setUp() {
      conversions = Conversions.named("spread-" + guest);
      map = conversions.open(tracker);
      conversions.play(map);
    }
  }

  public static class HalfShared extends Sized {
    @Setup
    public void setUp() {
      Conversions half = Conversions.named("half-shared-" + guest);
      map = half.open(tracker);
      half.play(map, 0, half.size() / 2);
      conversions = Conversions.framesOfHalf(Units.bytes(guest, "guest") / Units.PAGE_BYTES);
      conversions.play(map);
    }
  }

  /** 1-2 pages, 64 ranges live, spread over the whole guest. */
  @Benchmark
  @OperationsPerInvocation(Conversions.LIVE_RANGES)
  public PageMap spread(Spread ranges) {
    return ranges.play();
  }

  /** Every second 2 MiB frame is shared; some of these come and go. */
  @Benchmark
  @OperationsPerInvocation(Conversions.HALF_SHARED)
  public PageMap halfShared(HalfShared frames) {
    return frames.play();
  }
}
