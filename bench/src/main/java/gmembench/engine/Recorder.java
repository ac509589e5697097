// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Verb;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Latencies and counts of one replay; records without allocating.
 *
 * <p>An event is appended to a log and enters its histogram when the log is full or the replay is
 * over. To record into histograms at once costs up to a microsecond a conversion: system calls and
 * faults empty the TLB on many hosts, and counters that lie on a dozen pages then miss on each.
 */
final class Recorder {
  /** An hour; a longer latency is recorded as that. */
  private static final long HIGHEST_NS = 3_600_000_000_000L;

  private static final int DIGITS = 3;
  private static final int CONVERSION = Verb.count();
  private static final int REFUSED = CONVERSION + 1;
  private static final int KINDS = REFUSED + 1;
  private static final int LOG_EVENTS = 1 << 16;

  /** Pairs: ns, then pages * 64 + kind. */
  private final long[] log = new long[2 * LOG_EVENTS];

  /** Made when first needed: a quarter of a megabyte each. */
  private final @Nullable Histogram[] histograms = new Histogram[KINDS];

  private final long[] pages = new long[KINDS];
  private final long[] totals = new long[KINDS];
  private int logged;
  private long totalNs;

  void conversion(long ns, boolean done) {
    append(ns, done ? CONVERSION : REFUSED, 0);
  }

  void verb(Verb verb, long count, long ns) {
    append(ns, verb.ordinal(), count);
  }

  private void append(long ns, int kind, long count) {
    log[logged] = ns;
    log[logged + 1] = count << 6 | kind;
    logged += 2;
    if (logged == log.length) {
      fold();
    }
  }

  private void fold() {
    for (int i = 0; i < logged; i += 2) {
      long ns = log[i];
      int kind = (int) log[i + 1] & 63;
      histogram(kind).recordValue(Math.min(ns, HIGHEST_NS));
      pages[kind] += log[i + 1] >> 6;
      totals[kind] += ns;
    }
    logged = 0;
  }

  private Histogram histogram(int kind) {
    Histogram histogram = histograms[kind];
    if (histogram == null) {
      histogram = new Histogram(HIGHEST_NS, DIGITS);
      histograms[kind] = histogram;
    }
    return histogram;
  }

  /** Adds what another has recorded, in a replay that is over. */
  void add(Recorder other) {
    fold();
    other.fold();
    for (int i = 0; i < KINDS; i++) {
      if (other.isUsed(i)) {
        histogram(i).add(other.histogram(i));
      }
      pages[i] += other.pages[i];
      totals[i] += other.totals[i];
    }
  }

  long conversions() {
    return histogram(CONVERSION).getTotalCount();
  }

  /** The replay is over and took so long. */
  void total(long ns) {
    totalNs = ns;
    fold();
  }

  void reset() {
    logged = 0;
    totalNs = 0;
    for (int i = 0; i < KINDS; i++) {
      if (isUsed(i)) {
        histogram(i).reset();
      }
      pages[i] = 0;
      totals[i] = 0;
    }
  }

  private boolean isUsed(int kind) {
    Histogram histogram = histograms[kind];
    return histogram != null && histogram.getTotalCount() > 0;
  }

  /** Metrics by name, in a fixed order; verbs that were not used are absent. */
  void report(Map<String, String> metrics) {
    metrics.put("total_ns", Long.toString(totalNs));
    metrics.put("conversions", Long.toString(histogram(CONVERSION).getTotalCount()));
    if (isUsed(REFUSED)) {
      metrics.put("conversions_refused", Long.toString(histogram(REFUSED).getTotalCount()));
    }
    quantiles(metrics, histogram(CONVERSION));
    for (int i = 0; i < Verb.count(); i++) {
      if (isUsed(i)) {
        String verb = Verb.of(i).text();
        metrics.put(verb + "_count", Long.toString(histogram(i).getTotalCount()));
        metrics.put(verb + "_pages", Long.toString(pages[i]));
        metrics.put(verb + "_total_ns", Long.toString(totals[i]));
      }
    }
  }

  private static void quantiles(Map<String, String> metrics, Histogram histogram) {
    if (histogram.getTotalCount() > 0) {
      metrics.put("convert_p50_ns", Long.toString(histogram.getValueAtPercentile(50)));
      metrics.put("convert_p99_ns", Long.toString(histogram.getValueAtPercentile(99)));
      metrics.put("convert_p999_ns", Long.toString(histogram.getValueAtPercentile(99.9)));
      metrics.put("convert_max_ns", Long.toString(histogram.getMaxValue()));
    }
  }

  /** Copies of the histograms that hold anything, by what they are of. */
  Map<String, Histogram> latencies() {
    Map<String, Histogram> all = new LinkedHashMap<>();
    all.put("convert", histogram(CONVERSION).copy());
    for (int i = 0; i < Verb.count(); i++) {
      if (isUsed(i)) {
        all.put(Verb.of(i).text(), histogram(i).copy());
      }
    }
    return all;
  }
}
