// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import gmembench.trace.Batch;
import gmembench.trace.Op;

/**
 * Sorts events by time within a window, in bounded memory: threads overtake each other between
 * taking a stamp and writing the line. Events of one time stay in the log's order.
 */
final class Reorder {
  private static final int WINDOW = 4096;

  private final Batch held = new Batch(2 * WINDOW);
  private boolean begun;
  private long shiftNs;
  private long lastNs;
  private long sorted;

  /** Takes over one event. */
  void add(Batch from, int i) {
    long atNs = from.atNs[i];
    int at = held.size;
    while (at > 0 && held.atNs[at - 1] > atNs) {
      at--;
    }
    sorted += at < held.size ? 1 : 0;
    int after = held.size - at;
    held.add(0, 0, Op.TO_SHARED, 0, 0); // room for one more
    System.arraycopy(held.atNs, at, held.atNs, at + 1, after);
    System.arraycopy(held.vcpu, at, held.vcpu, at + 1, after);
    System.arraycopy(held.op, at, held.op, at + 1, after);
    System.arraycopy(held.gfn, at, held.gfn, at + 1, after);
    System.arraycopy(held.pages, at, held.pages, at + 1, after);
    set(held, at, atNs, from, i);
  }

  private static void set(Batch to, int at, long atNs, Batch from, int i) {
    to.atNs[at] = atNs;
    to.vcpu[at] = from.vcpu[i];
    to.op[at] = from.op[i];
    to.gfn[at] = from.gfn[i];
    to.pages[at] = from.pages[i];
  }

  boolean isEmpty() {
    return held.size == 0;
  }

  boolean isFull() {
    return held.size >= 2 * WINDOW;
  }

  /**
   * Hands over the earlier half, or all of it at the end; no time is below 0, and none goes back:
   * an event that is late by more than the window is at the time of the one before.
   */
  void drain(Batch out, boolean all) {
    int count = all ? held.size : Math.min(held.size, WINDOW);
    for (int i = 0; i < count; i++) {
      if (!begun) {
        begun = true;
        shiftNs = Math.max(0, -held.atNs[i]);
      }
      long atNs = held.atNs[i] + shiftNs;
      lastNs = Math.max(lastNs, atNs);
      out.add(lastNs, held.vcpu[i], Op.of(held.op[i]), held.gfn[i], held.pages[i]);
    }
    int left = held.size - count;
    for (int i = 0; i < left; i++) {
      set(held, i, held.atNs[count + i], held, count + i);
    }
    held.size = left;
  }

  /** Events that another one with a later time was before in the log. */
  long sorted() {
    return sorted;
  }
}
