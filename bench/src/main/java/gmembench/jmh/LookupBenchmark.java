// SPDX-License-Identifier: Apache-2.0
package gmembench.jmh;

import module java.base;

import gmembench.guest.Side;
import gmembench.tracker.PageMap;
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
 * second frame is shared. Pages are random, so caches miss as they do in a guest.
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

  private final long[] shared = new long[LOOKUPS];
  private final long[] unshared = new long[LOOKUPS];
  PageMap map = Conversions.liveRanges().open("bitmap");

  @Setup
  public void setUp() {
    Conversions bulk = Conversions.named("bulk-share");
    map = bulk.open(tracker);
    bulk.play(map, 0, bulk.size() / 2);
    SplittableRandom random = new SplittableRandom(2022);
    for (int i = 0; i < LOOKUPS; i++) {
      long page = random.nextLong(map.pages() / 1024) * 1024 + random.nextInt(512);
      shared[i] = page;
      unshared[i] = page + 512;
    }
  }

  /** Pages that have an entry. */
  @Benchmark
  @OperationsPerInvocation(LOOKUPS)
  public int faultHit() {
    return countShared(shared);
  }

  /** Pages that have none. */
  @Benchmark
  @OperationsPerInvocation(LOOKUPS)
  public int faultMiss() {
    return countShared(unshared);
  }

  private int countShared(long[] pages) {
    int count = 0;
    for (long page : pages) {
      count += map.get(page) == Side.SHARED ? 1 : 0;
    }
    return count;
  }

  /** Can the 2M frame be mapped huge? */
  @Benchmark
  @OperationsPerInvocation(LOOKUPS)
  public int frameMixed() {
    int count = 0;
    for (long page : shared) {
      count += map.isMixed(page, PageMap.ORDER_2M) ? 1 : 0;
    }
    return count;
  }
}
