// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Latencies of one kind of event. The same latency several times in a row is entered once. */
final class Tally {
  /** An hour; for a longer latency the histogram grows, while something is timed. */
  private static final long HIGHEST_NS = 3_600_000_000_000L;

  private static final int DIGITS = 3;

  /** A histogram that grows would be copied while something else is timed. */
  private final boolean grows;

  /** Made when first needed: a quarter of a megabyte, or more as it grows. */
  private @Nullable Histogram histogram;

  private long lastNs;
  private long times;
  private long pages;
  private long totalNs;

  Tally(boolean grows) {
    this.grows = grows;
  }

  void add(long ns, long count) {
    if (ns != lastNs) {
      enter();
      lastNs = ns;
    }
    times++;
    pages = Math.addExact(pages, count);
  }

  void add(Tally other) {
    enter();
    if (!other.isEmpty()) {
      totalNs = Math.addExact(totalNs, other.totalNs());
      made().add(other.histogram());
      pages = Math.addExact(pages, other.pages);
    }
  }

  private void enter() {
    if (times > 0) {
      made().recordValueWithCount(lastNs, times);
      totalNs = Math.addExact(totalNs, Math.multiplyExact(lastNs, times));
      times = 0;
    }
  }

  private Histogram made() {
    Histogram here = histogram;
    if (here == null) {
      here = grows ? new Histogram(DIGITS) : new Histogram(HIGHEST_NS, DIGITS);
      here.setAutoResize(true);
      histogram = here;
    }
    return here;
  }

  void reset() {
    if (histogram != null) {
      histogram.reset();
    }
    times = 0;
    pages = 0;
    totalNs = 0;
  }

  boolean isEmpty() {
    return count() == 0;
  }

  long count() {
    return times + (histogram == null ? 0 : histogram.getTotalCount());
  }

  long pages() {
    return pages;
  }

  long totalNs() {
    enter();
    return totalNs;
  }

  /** All that was added; the next reset empties it. */
  Histogram histogram() {
    enter();
    return made();
  }
}
