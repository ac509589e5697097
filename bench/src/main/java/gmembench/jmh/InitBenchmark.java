// SPDX-License-Identifier: Apache-2.0
package gmembench.jmh;

import gmembench.Plugins;
import gmembench.Units;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;
import gmembench.tracker.Tracker;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A new map, and the whole guest put on the side that it does not start with: what KVM does when
 * all memory of a guest is set private. (KVM's map starts all shared and stores what is private,
 * ours start all private and store what is shared; the work is the same. One that stores what is
 * private does it twice: it is filled when it is opened, and then emptied.)
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx4g", "-XX:+UseSerialGC"})
public class InitBenchmark {
  @Param("bitmap")
  public String tracker = "bitmap";

  @Param({"1GiB", "16GiB", "128GiB", "1TiB"})
  public String guest = "1GiB";

  private Tracker opened = Plugins.parse(Tracker.class, "bitmap");
  private long pages = 1;

  @Setup
  public void setUp() {
    opened = Plugins.parse(Tracker.class, tracker);
    pages = Units.bytes(guest, "guest") / Units.PAGE_BYTES;
  }

  /** Nanoseconds a guest, not a page. */
  @Benchmark
  public PageMap init() {
    PageMap map = opened.open(pages);
    map.set(0, pages, Side.SHARED);
    return map;
  }
}
