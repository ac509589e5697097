// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.Units;
import gmembench.result.Declared;
import gmembench.result.Metrics;

/** What it took that VMs took each other's place. */
final class HandOver {
  private long count;
  private long zapped;
  private long moved;
  private long realigned;
  private long ns;
  private long blackoutNs;
  private long refaults;
  private long refaultNs;

  /**
   * A VM took over.
   *
   * @param zapped entries that the VM before it lost
   * @param moved pages whose contents were copied to another host
   * @param realigned how many of these are at another offset of their file there
   * @param ns what that cost
   * @param blackoutNs for how long no vCPU ran: the pause of the trace and the cost
   */
  void add(long zapped, long moved, long realigned, long ns, long blackoutNs) {
    count++;
    this.zapped += zapped;
    this.moved += moved;
    this.realigned += realigned;
    this.ns = Math.addExact(this.ns, ns);
    this.blackoutNs = Math.addExact(this.blackoutNs, blackoutNs);
  }

  /** The new VM had to make entries of pages that were there. */
  void refaulted(long entries, long costNs) {
    refaults += entries;
    refaultNs = Math.addExact(refaultNs, costNs);
  }

  void restart() {
    count = 0;
    zapped = 0;
    moved = 0;
    realigned = 0;
    ns = 0;
    blackoutNs = 0;
    refaults = 0;
    refaultNs = 0;
  }

  /** Nothing if there was none. */
  void report(Metrics metrics) {
    if (count == 0) {
      return;
    }
    metrics.put(Declared.HAND_OVER_COUNT, count);
    metrics.put(Declared.HAND_OVER_PAGES, zapped);
    metrics.put(Declared.HAND_OVER_TOTAL_NS, ns);
    metrics.put(Declared.BLACKOUT_NS, blackoutNs);
    if (moved > 0) {
      metrics.put(Declared.MOVED_BYTES, moved * Units.PAGE_BYTES);
      metrics.put(Declared.REALIGNED_BYTES, realigned * Units.PAGE_BYTES);
    }
    metrics.put(Declared.AFTER_HAND_OVER_PAGES, refaults);
    metrics.put(Declared.AFTER_HAND_OVER_TOTAL_NS, refaultNs);
  }
}
