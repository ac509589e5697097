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

  /** A latency in each slot, and how often it has come since it got there. */
  private final long[] latencies = new long[SLOTS];

  private final long[] times = new long[SLOTS];
  private long count;
  private long pages;
  private long totalNs;

  Tally(boolean grows) {
    this.grows = grows;
  }

  void add(long ns, long count) {
    int slot = (int) ((ns * SPREAD) >>> (Long.SIZE - SLOT_BITS));
    if (latencies[slot] != ns) {
      enter(slot);
      latencies[slot] = ns;
    }
    times[slot]++;
    this.count++;
    totalNs = Math.addExact(totalNs, ns);
    pages = Math.addExact(pages, count);
  }

  void add(Tally other) {
    if (!other.isEmpty()) {
      totalNs = Math.addExact(totalNs, other.totalNs);
      histogram().add(other.histogram());
      count += other.count;
      pages = Math.addExact(pages, other.pages);
    }
  }

  private void enter(int slot) {
    if (times[slot] > 0) {
      made().recordValueWithCount(latencies[slot], times[slot]);
      times[slot] = 0;
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
    Arrays.fill(times, 0);
    count = 0;
    pages = 0;
    totalNs = 0;
  }

  boolean isEmpty() {
    return count == 0;
  }

  long count() {
    return count;
  }

  long pages() {
    return pages;
  }

  long totalNs() {
    return totalNs;
  }

  /** All that was added; the next reset empties it. */
  Histogram histogram() {
    int longest = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
      longest = times[slot] > 0 && latencies[slot] > latencies[longest] ? slot : longest;
    }
    enter(longest); // so that it grows once
    for (int slot = 0; slot < SLOTS; slot++) {
      enter(slot);
    }
    return made();
  }
}
