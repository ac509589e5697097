// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import gmembench.guest.Side;
import gmembench.tracker.PageMap;

/** A page map that threads share: one lock round each call, as slots_lock is round KVM's. */
record LockedMap(PageMap map) implements PageMap {
  @Override
  public long pages() {
    return map.pages();
  }

  @Override
  public void set(long gfn, long pages, Side side) {
    synchronized (map) {
      map.set(gfn, pages, side);
    }
  }

  @Override
  public Side get(long gfn) {
    synchronized (map) {
      return map.get(gfn);
    }
  }

  @Override
  public long runEnd(long gfn, long limit) {
    synchronized (map) {
      return map.runEnd(gfn, limit);
    }
  }

  @Override
  public void slotSet(long gfn, long pages) {
    synchronized (map) {
      map.slotSet(gfn, pages);
    }
  }

  @Override
  public long bytes() {
    synchronized (map) {
      return map.bytes();
    }
  }

  @Override
  public long kernelBytes() {
    synchronized (map) {
      return map.kernelBytes();
    }
  }

  @Override
  public long nodeSteps() {
    synchronized (map) {
      return map.nodeSteps();
    }
  }

  @Override
  public long entrySteps() {
    synchronized (map) {
      return map.entrySteps();
    }
  }
}
