// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import java.util.Arrays;

/** Where a replay's time comes from: the host's clock, or the sum of modelled costs. */
public sealed interface Clock {
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
    /** The clocks of those whose turn it is not. */
    private final long[] clocks;

    private final int vcpusOfVm;
    private final int threadsOfVm;
    private int vcpu;
    private int vm;
    private long now;

    /** What vCPUs waited for each other in {@link #join}, as time that they did not work. */
    private long waitedNs;

    /** VM {@code n} has the vCPUs from {@code n * vcpus}, each with a time of its own. */
    public Virtual(int vms, int vcpus) {
      this(vms, vcpus, vcpus);
    }

    /**
     * The vCPUs of a VM share so many threads, and so many times: {@code v} has {@code v %
     * threads}.
     */
    public Virtual(int vms, int vcpus, int threads) {
      vcpusOfVm = vcpus;
      threadsOfVm = Math.min(vcpus, threads);
      clocks = new long[Math.multiplyExact(vms, threadsOfVm)];
    }

    /** How many threads of a VM run at once. */
    public int threads() {
      return threadsOfVm;
    }

    private int thread(int ofVcpu) {
      return ofVcpu / vcpusOfVm * threadsOfVm + ofVcpu % vcpusOfVm % threadsOfVm;
    }

    /** On which of the VM's threads, and so CPUs, that is. */
    public int cpu() {
      return vcpu % vcpusOfVm % threadsOfVm;
    }

    /** Whose turn it is. */
    public int vcpu() {
      return vcpu;
    }

    public int vm() {
      return vm;
    }

    @Override
    public long ns() {
      return now;
    }

    /** Throws if that is more than 2^63 ns, 292 years. */
    public void advance(long ns) {
      now = Math.addExact(now, ns);
    }

    @Override
    public long turn(int next, long markNs) {
      clocks[thread(vcpu)] = now;
      vcpu = next;
      vm = next / vcpusOfVm;
      now = clocks[thread(next)];
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
      clocks[thread(vcpu)] = now;
      for (int first = 0; first < clocks.length; first += threadsOfVm) {
        long last = last(first, first + threadsOfVm);
        for (int i = first; i < first + threadsOfVm; i++) {
          waitedNs = Math.addExact(waitedNs, last - clocks[i]);
          clocks[i] = last;
        }
      }
      now = clocks[thread(vcpu)];
    }

    /** When the last of some vCPUs is done, of the VM whose turn it is. */
    public long lastNs(int fromVcpu, int toVcpu) {
      clocks[thread(vcpu)] = now;
      long last = 0;
      for (int v = fromVcpu; v < toVcpu; v++) {
        last = Math.max(last, clocks[thread(vm * vcpusOfVm + v)]);
      }
      return last;
    }

    /** Some vCPUs, of the VM whose turn it is, stand still until a time. */
    public void hold(int fromVcpu, int toVcpu, long untilNs) {
      clocks[thread(vcpu)] = now;
      for (int v = fromVcpu; v < toVcpu; v++) {
        int thread = thread(vm * vcpusOfVm + v);
        long wait = Math.max(0, untilNs - clocks[thread]);
        waitedNs = Math.addExact(waitedNs, wait);
        clocks[thread] += wait;
      }
      now = clocks[thread(vcpu)];
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
      clocks[thread(vcpu)] = now;
      return last(0, clocks.length);
    }

    @Override
    public long workNs(long startNs, long endNs) {
      clocks[thread(vcpu)] = now;
      return Arrays.stream(clocks).map(ns -> ns - startNs).reduce(-waitedNs, Math::addExact);
    }
  }
}
