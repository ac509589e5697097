// SPDX-License-Identifier: Apache-2.0
package gmembench.jmh;

import module java.base;

import gmembench.guest.Side;
import gmembench.tracker.PageMap;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
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
 * One thread flips 1-2 pages (live-ranges) while 1 to 4 look pages up: vCPUs that fault while one
 * converts. A tracker whose readers may not race is guarded by a lock, as its users would have to.
 */
@State(Scope.Group)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Conversions.LIVE_RANGES)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx1g", "-XX:+UseSerialGC"})
public class ReadersBenchmark {
  /** As many as there are conversions: JMH counts both of a group alike. */
  static final int LOOKUPS = Conversions.LIVE_RANGES;

  @Param("bitmap")
  public String tracker = "bitmap";

  private final Conversions flips = Conversions.liveRanges();
  private final long[] pages =
      new SplittableRandom(4).longs(LOOKUPS, 0, Conversions.LIVE_GUEST).toArray();
  private final StampedLock lock = new StampedLock();
  private PageMap map = flips.open("bitmap");

  @Setup
  public void setUp() {
    map = flips.open(tracker);
    flips.play(map);
  }

  private PageMap write() {
    if (map.readersMayRace()) {
      flips.play(map);
      return map;
    }
    for (int i = 0; i < flips.size(); i++) {
      long stamp = lock.writeLock();
      try {
        flips.play(map, i, i + 1);
      } finally {
        lock.unlockWrite(stamp);
      }
    }
    return map;
  }

  private int read() {
    boolean free = map.readersMayRace();
    int shared = 0;
    for (long page : pages) {
      shared += (free ? map.get(page) : lockedGet(page)) == Side.SHARED ? 1 : 0;
    }
    return shared;
  }

  private Side lockedGet(long page) {
    long stamp = lock.readLock();
    try {
      return map.get(page);
    } finally {
      lock.unlockRead(stamp);
    }
  }

  @Benchmark
  @Group("readers1")
  public PageMap write1() {
    return write();
  }

  @Benchmark
  @Group("readers1")
  public int read1() {
    return read();
  }

  @Benchmark
  @Group("readers2")
  public PageMap write2() {
    return write();
  }

  @Benchmark
  @Group("readers2")
  @GroupThreads(2)
  public int read2() {
    return read();
  }

  @Benchmark
  @Group("readers3")
  public PageMap write3() {
    return write();
  }

  @Benchmark
  @Group("readers3")
  @GroupThreads(3)
  public int read3() {
    return read();
  }

  @Benchmark
  @Group("readers4")
  public PageMap write4() {
    return write();
  }

  @Benchmark
  @Group("readers4")
  @GroupThreads(4)
  public int read4() {
    return read();
  }
}
