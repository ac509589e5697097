// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.Units;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.result.Declared;
import gmembench.result.Metrics;

/**
 * What of a guest the host's kernel can read, by an entry of its direct map, by a mapping of its
 * own or as a copy, and for how long: a speculative read of the host's finds that and no more.
 */
public final class Reachable {
  private final PageSet pages;
  private long before;
  private long peak;
  private long pageUs;
  private long restNs;

  Reachable(long guestPages) {
    this.pages = new PageSet(guestPages);
  }

  /** A verb begins. */
  void begin() {
    before = pages.size();
  }

  /** Pages can be read from now on (shared), or no more. */
  void put(long gfn, long count, Side side) {
    if (side == Side.SHARED) {
      pages.add(gfn, count);
      peak = Math.max(peak, pages.size());
    } else {
      pages.remove(gfn, count);
    }
  }

  /** The verb took so long: what it made readable, or took back, was so all the while. */
  public void took(long ns) {
    pass(ns, Math.max(before, pages.size()));
  }

  /** Nothing is done for so long. */
  public void pass(long ns) {
    pass(ns, pages.size());
  }

  private void pass(long ns, long count) {
    restNs += count * (ns % 1000);
    pageUs = Math.addExact(pageUs, Math.multiplyExact(count, ns / 1000)) + restNs / 1000;
    restNs %= 1000;
  }

  void restart() {
    peak = pages.size();
    pageUs = 0;
    restNs = 0;
  }

  /** A page's bytes to a second's us are 4096 to 1,000,000, or 64 to 15,625. */
  void report(Metrics metrics) {
    metrics.put(Declared.REACHABLE_PEAK_BYTES, peak * Units.PAGE_BYTES);
    metrics.put(Declared.REACHABLE_BYTE_S, pageUs / 15_625 * 64 + pageUs % 15_625 * 64 / 15_625);
  }
}
