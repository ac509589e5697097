// SPDX-License-Identifier: Apache-2.0
package gmembench.jmh;

import module java.base;

import gmembench.Plugins;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;
import gmembench.tracker.Tracker;
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

/**
 * The fault path, kvm_mem_is_private and hugepage_test_mixed, in a 64 GiB guest of which every
 * second frame is shared, and a fourth of these with one page that is private again: mixed. Pages
 * are drawn as a guest takes them from its buddy allocator, in runs of 16 on average that begin
 * anywhere, and go on from one call to the next, so that nothing stays in the caches but what does
 * in a guest. To draw one is some 2 ns of each figure.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xmx3g", "-XX:+UseSerialGC"})
public class LookupBenchmark {
  static final int LOOKUPS = 4096;

  @Param("bitmap")
  public String tracker = "bitmap";

  private static final long FRAME = 1L << PageMap.ORDER_2M;

  /** Shared frames begin at multiples of this; at those of four times it they are mixed. */
  private static final long STRIDE = 2 * FRAME;

  /** The one page of a mixed frame that is private. */
  private static final long ODD_PAGE = 300;

  private PageMap map = Conversions.liveRanges().open("bitmap");
  private long strides;
  private long random = 2022;
  private long page;

  @Setup
  public void setUp() {
    map = state(Plugins.parse(Tracker.class, tracker));
    strides = map.pages() / STRIDE;
  }

  static PageMap state(Tracker tracker) {
    Conversions bulk = Conversions.named("bulk-share");
    PageMap map = bulk.open(tracker);
    bulk.play(map, 0, bulk.size() / 2);
    for (long frame = 0; frame < map.pages(); frame += 4 * STRIDE) {
      map.set(frame + ODD_PAGE, 1, Side.PRIVATE);
    }
    return map;
  }

  /** The next page of a shared frame that is not mixed. */
  private long next() {
    return next(1 + Math.floorMod(random >>> 40, 3L));
  }

  /** The next page, of every fourth shared frame from one on. */
  private long next(long first) {
    random = random * 6364136223846793005L + 1442695040888963407L;
    boolean goesOn = random >>> 60 != 0 && (page + 1) % FRAME != 0;
    page = goesOn ? page + 1 : ((random >>> 20) % (strides / 4) * 4 + first) * STRIDE;
    return page;
  }

  /** Pages that are shared. */
  @Benchmark
  @OperationsPerInvocation(LOOKUPS)
  public int faultHit() {
    return countShared(0);
  }

  /** Pages that are private, in the frames beside. */
  @Benchmark
  @OperationsPerInvocation(LOOKUPS)
  public int faultMiss() {
    return countShared(FRAME);
  }

  private int countShared(long offset) {
    int count = 0;
    for (int i = 0; i < LOOKUPS; i++) {
      count += map.get(next() + offset) == Side.SHARED ? 1 : 0;
    }
    return count;
  }

  /** Can the 2M frame be mapped huge? It can. */
  @Benchmark
  @OperationsPerInvocation(LOOKUPS)
  public int frameUniform() {
    int count = 0;
    for (int i = 0; i < LOOKUPS; i++) {
      count += map.isMixed(next(), PageMap.ORDER_2M) ? 1 : 0;
    }
    return count;
  }

  /** It cannot: page 300 of 512 is private. */
  @Benchmark
  @OperationsPerInvocation(LOOKUPS)
  public int frameMixed() {
    int count = 0;
    for (int i = 0; i < LOOKUPS; i++) {
      count += map.isMixed(next(0), PageMap.ORDER_2M) ? 1 : 0;
    }
    return count;
  }
}
