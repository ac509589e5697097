// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import java.util.Arrays;

/** Where a replay's time comes from: the host's clock, or the sum of modelled costs. */
sealed interface Clock {
  long ns();

  /**
   * What follows is done by a vCPU.
   *
   * @param markNs when what came before ended
   * @return when the vCPU was last done: {@code markNs} if all have the same time
   */
  default long turn(int vcpu, long markNs) {
    return markNs;
  }

  /** All vCPUs wait for each other. */
  default void join() {}

  /** When the last vCPU is done. */
  default long lastNs() {
    return ns();
  }

  /** System.nanoTime: CLOCK_MONOTONIC. */
  final class Wall implements Clock {
    @Override
    public long ns() {
      return System.nanoTime();
    }
  }

  /** A time for each vCPU, which moves only when the model says so. */
  final class Virtual implements Clock {
    /** Of those whose turn it is not. */
    private final long[] clocks;

    private int vcpu;
    private long now;

    Virtual(int vcpus) {
      clocks = new long[vcpus];
    }

    @Override
    public long ns() {
      return now;
    }

    void advance(long ns) {
      now += ns;
    }

    @Override
    public long turn(int next, long markNs) {
      clocks[vcpu] = now;
      vcpu = next;
      now = clocks[next];
      return now;
    }

    @Override
    public void join() {
      now = lastNs();
      Arrays.fill(clocks, now);
    }

    @Override
    public long lastNs() {
      clocks[vcpu] = now;
      long last = now;
      for (long clock : clocks) {
        last = Math.max(last, clock);
      }
      return last;
    }
  }
}
