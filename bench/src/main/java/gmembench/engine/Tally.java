// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import java.util.Arrays;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Latencies of one kind of event. Those that came last are counted beside the histogram and enter
 * it when others need their places: in virtual time there are few, so that most of a replay touches
 * no histogram, and only the one that is asked for is made.
 */
final class Tally {
  /** An hour; for a longer latency the histogram grows, while something is timed. */
  private static final long HIGHEST_NS = 3_600_000_000_000L;

  private static final int DIGITS = 3;
  private static final int SLOT_BITS = 5;
  private static final int SLOTS = 1 << SLOT_BITS;

  /** Spreads latencies that are close to each other over the slots (2^64 / golden ratio). */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  /** A histogram that grows would be copied while something else is timed. */
  private final boolean grows;

  /** Made when first needed: a quarter of a megabyte, or more as it grows. */
  private @Nullable Histogram histogram;

  /** The last latency, and how often it has come in a row. */
  private long lastNs;

  private long times;

  /** A latency in each slot, and how often it has come since it got there. */
  private final long[] latencies = new long[SLOTS];

  private final long[] counts = new long[SLOTS];
  private long count;
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
    if (!other.isEmpty()) {
      histogram().add(other.histogram());
      totalNs = Math.addExact(totalNs, other.totalNs);
      count += other.count;
      pages = Math.addExact(pages, other.pages);
    }
  }

  private void enter() {
    if (times > 0) {
      int slot = (int) ((lastNs * SPREAD) >>> (Long.SIZE - SLOT_BITS));
      if (latencies[slot] != lastNs) {
        enter(slot);
        latencies[slot] = lastNs;
      }
      counts[slot] += times;
      count += times;
      totalNs = Math.addExact(totalNs, Math.multiplyExact(lastNs, times));
      times = 0;
    }
  }

  private void enter(int slot) {
    if (counts[slot] > 0) {
      made().recordValueWithCount(latencies[slot], counts[slot]);
      counts[slot] = 0;
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
    Arrays.fill(counts, 0);
    times = 0;
    count = 0;
    pages = 0;
    totalNs = 0;
  }

  boolean isEmpty() {
    return count() == 0;
  }

  long count() {
    return count + times;
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
    int longest = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
      longest = counts[slot] > 0 && latencies[slot] > latencies[longest] ? slot : longest;
    }
    enter(longest); // so that it grows once
    for (int slot = 0; slot < SLOTS; slot++) {
      enter(slot);
    }
    return made();
  }
}
