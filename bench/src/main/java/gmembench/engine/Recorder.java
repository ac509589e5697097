// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Verb;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Latencies and counts of one replay; records without allocating. */
final class Recorder {
  /** An hour; a longer latency is recorded as that. */
  private static final long HIGHEST_NS = 3_600_000_000_000L;

  private static final int DIGITS = 3;

  private final Histogram conversions = new Histogram(HIGHEST_NS, DIGITS);
  private final Histogram[] verbs = new Histogram[Verb.count()];
  private final long[] verbPages = new long[Verb.count()];
  private final long[] verbNs = new long[Verb.count()];
  private long refused;
  private long totalNs;

  Recorder() {
    for (int i = 0; i < verbs.length; i++) {
      verbs[i] = new Histogram(HIGHEST_NS, DIGITS);
    }
  }

  void conversion(long ns, boolean done) {
    conversions.recordValue(Math.min(ns, HIGHEST_NS));
    if (!done) {
      refused++;
    }
  }

  void verb(Verb verb, long pages, long ns) {
    int i = verb.ordinal();
    verbs[i].recordValue(Math.min(ns, HIGHEST_NS));
    verbPages[i] += pages;
    verbNs[i] += ns;
  }

  void total(long ns) {
    totalNs = ns;
  }

  long totalNs() {
    return totalNs;
  }

  void reset() {
    conversions.reset();
    refused = 0;
    totalNs = 0;
    for (int i = 0; i < verbs.length; i++) {
      if (verbs[i].getTotalCount() > 0) {
        verbs[i].reset();
      }
      verbPages[i] = 0;
      verbNs[i] = 0;
    }
  }

  /** Metrics by name, in a fixed order; verbs that were not used are absent. */
  void report(Map<String, String> metrics) {
    metrics.put("total_ns", Long.toString(totalNs));
    metrics.put("conversions", Long.toString(conversions.getTotalCount() - refused));
    if (refused > 0) {
      metrics.put("conversions_refused", Long.toString(refused));
    }
    quantiles(metrics, "convert", conversions);
    for (int i = 0; i < verbs.length; i++) {
      if (verbs[i].getTotalCount() > 0) {
        String verb = Verb.of(i).text();
        metrics.put(verb + "_count", Long.toString(verbs[i].getTotalCount()));
        metrics.put(verb + "_pages", Long.toString(verbPages[i]));
        metrics.put(verb + "_total_ns", Long.toString(verbNs[i]));
      }
    }
  }

  private static void quantiles(Map<String, String> metrics, String name, Histogram histogram) {
    if (histogram.getTotalCount() > 0) {
      metrics.put(name + "_p50_ns", Long.toString(histogram.getValueAtPercentile(50)));
      metrics.put(name + "_p99_ns", Long.toString(histogram.getValueAtPercentile(99)));
      metrics.put(name + "_p999_ns", Long.toString(histogram.getValueAtPercentile(99.9)));
      metrics.put(name + "_max_ns", Long.toString(histogram.getMaxValue()));
    }
  }

  /** Copies of the histograms that hold anything, by what they are of. */
  Map<String, Histogram> latencies() {
    Map<String, Histogram> all = new LinkedHashMap<>();
    all.put("convert", conversions.copy());
    for (int i = 0; i < verbs.length; i++) {
      if (verbs[i].getTotalCount() > 0) {
        all.put(Verb.of(i).text(), verbs[i].copy());
      }
    }
    return all;
  }
}
