// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.engine.Clock;
import gmembench.engine.PinSchedule;
import gmembench.guest.Side;
import gmembench.result.Declared;
import gmembench.result.Metrics;

/**
 * Pins of one VM's folios, conversions that wait for them, and faults that wait for such a
 * conversion: its range is unmapped, and whoever faults there meanwhile is held up until it is
 * over. By the trace's time, as pins are.
 */
final class ModelPins {
  private final PinSchedule schedule;
  private final VmFiles inFile;
  private final Contention time;
  private final Clock.Virtual clock;

  /** By vCPU: the last range that it waited for, when that was over, and its own time. */
  private final long[] froms;

  private final long[] ends;
  private final long[] untilNs;
  private final long[] nowNs;
  private boolean hasWaited;
  private long faults;
  private long faultsNs;

  ModelPins(PinSchedule schedule, VmFiles inFile, Contention time, Clock.Virtual clock, int vcpus) {
    this.schedule = schedule;
    this.inFile = inFile;
    this.time = time;
    this.clock = clock;
    this.froms = new long[vcpus];
    this.ends = new long[vcpus];
    this.untilNs = new long[vcpus];
    this.nowNs = new long[vcpus];
  }

  private int vcpu() {
    return clock.vcpu() % froms.length;
  }

  void pinned(long gfn, long pages) {
    schedule.pinned(gfn, pages);
  }

  /** False if a conversion has waited for that already. */
  boolean unpinned(long gfn, long pages) {
    return schedule.unpinned(gfn, pages);
  }

  /** A conversion waits for pins of a range; returns how long. */
  long await(long gfn, long pages, Side side, long boundNs) {
    long waited = schedule.waitFor(gfn, pages, boundNs, (at, n) -> inFile.unpin(at, n, side));
    time.sleep(waited);
    int vcpu = vcpu();
    froms[vcpu] = gfn;
    ends[vcpu] = gfn + pages;
    untilNs[vcpu] = schedule.nowNs();
    nowNs[vcpu] = schedule.nowNs();
    hasWaited = true;
    return waited;
  }

  /** Has any conversion waited? If not, no fault does. */
  boolean hasWaited() {
    return hasWaited;
  }

  /** A fault in a range waits for the conversions that are still waiting there. */
  void fault(long gfn, long pages) {
    int vcpu = vcpu();
    long now = Math.max(nowNs[vcpu], schedule.traceNs());
    long until = now;
    for (int other = 0; other < froms.length; other++) {
      if (froms[other] < gfn + pages && gfn < ends[other]) {
        until = Math.max(until, untilNs[other]);
      }
    }
    nowNs[vcpu] = until;
    if (until > now) {
      faults++;
      faultsNs = Math.addExact(faultsNs, until - now);
      time.sleep(until - now);
    }
  }

  /** Nothing if no fault has waited. */
  void report(Metrics metrics) {
    if (faults > 0) {
      metrics.put(Declared.FAULT_WAIT_COUNT, faults);
      metrics.put(Declared.FAULT_WAIT_NS, faultsNs);
    }
  }
}
