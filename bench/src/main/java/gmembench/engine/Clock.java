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

  /** All begin at the same time. */
  default void start() {}

  /** The vCPUs of a VM wait for each other. */
  default void join() {}

  /** When the last vCPU is done. */
  default long lastNs() {
    return ns();
  }

  /** What all vCPUs took together since the start, waiting for each other aside. */
  default long workNs(long startNs, long endNs) {
    return endNs - startNs;
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

    private final int vcpusOfVm;
    private int vcpu;
    private int vm;
    private long now;

    /** What vCPUs waited for each other in {@link #join}, as time that they did not work. */
    private long waitedNs;

    /** VM {@code n} has the vCPUs from {@code n * vcpus}. */
    Virtual(int vms, int vcpus) {
      clocks = new long[Math.multiplyExact(vms, vcpus)];
      vcpusOfVm = vcpus;
    }

    /** Whose turn it is. */
    int vcpu() {
      return vcpu;
    }

    int vm() {
      return vm;
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
      vm = next / vcpusOfVm;
      now = clocks[next];
      return now;
    }

    @Override
    public void start() {
      now = lastNs();
      Arrays.fill(clocks, now);
      waitedNs = 0;
    }

    @Override
    public void join() {
      clocks[vcpu] = now;
      for (int first = 0; first < clocks.length; first += vcpusOfVm) {
        long last = last(first, first + vcpusOfVm);
        for (int i = first; i < first + vcpusOfVm; i++) {
          waitedNs += last - clocks[i];
          clocks[i] = last;
        }
      }
      now = clocks[vcpu];
    }

    private long last(int from, int to) {
      long last = clocks[from];
      for (int i = from; i < to; i++) {
        last = Math.max(last, clocks[i]);
      }
      return last;
    }

    @Override
    public long lastNs() {
      clocks[vcpu] = now;
      return last(0, clocks.length);
    }

    @Override
    public long workNs(long startNs, long endNs) {
      clocks[vcpu] = now;
      return Arrays.stream(clocks).sum() - clocks.length * startNs - waitedNs;
    }
  }
}
