// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import module java.base;

import gmembench.backing.Verb;
import gmembench.result.Declared;
import gmembench.result.Metrics;
import org.HdrHistogram.Histogram;

/**
 * Latencies and counts of one replay; records without allocating.
 *
 * <p>Live, an event is appended to a log and enters its histogram when the log is full or the
 * replay is over. To record into histograms at once costs up to a microsecond a conversion: system
 * calls and faults empty the TLB on many hosts, and counters that lie on a dozen pages then miss on
 * each.
 */
public final class Recorder {
  private static final int CONVERSION = Verb.count();
  private static final int REFUSED = CONVERSION + 1;
  private static final int KINDS = REFUSED + 1;
  private static final int LOG_EVENTS = 1 << 16;

  /** Pairs: ns, then pages * 64 + kind. Empty in virtual time, which nothing disturbs. */
  private final long[] log;

  private final Tally[] tallies = new Tally[KINDS];
  private int logged;
  private long totalNs;
  private long workNs;
  private long firstInstructionNs = -1;
  private long imagesRefused;

  private Recorder(boolean isLive) {
    log = new long[isLive ? 2 * LOG_EVENTS : 0];
    for (int i = 0; i < KINDS; i++) {
      tallies[i] = new Tally(!isLive);
    }
  }

  /** For a replay that is timed. */
  public static Recorder live() {
    return new Recorder(true);
  }

  public static Recorder virtual() {
    return new Recorder(false);
  }

  void conversion(long ns, boolean done) {
    append(ns, done ? CONVERSION : REFUSED, 0);
  }

  void verb(Verb verb, long count, long ns) {
    append(ns, verb.ordinal(), count);
  }

  /** A guest's first instruction is done, so long after the replay began; of several, the last. */
  void firstInstruction(long ns) {
    firstInstructionNs = Math.max(firstInstructionNs, ns);
  }

  /** An image was to be copied in after that. */
  void imageRefused() {
    imagesRefused++;
  }

  private void append(long ns, int kind, long count) {
    if (log.length == 0) {
      tallies[kind].add(ns, count);
      return;
    }
    log[logged] = ns;
    log[logged + 1] = count << 6 | kind;
    logged += 2;
    if (logged == log.length) {
      fold();
    }
  }

  /**
   * Empties the log if there is little room left in it, which takes a millisecond that is no
   * conversion's.
   *
   * @return whether it did
   */
  boolean makeRoom() {
    boolean isHalfFull = logged > log.length / 2;
    if (isHalfFull) {
      fold();
    }
    return isHalfFull;
  }

  private void fold() {
    for (int i = 0; i < logged; i += 2) {
      tallies[(int) log[i + 1] & 63].add(log[i], log[i + 1] >> 6);
    }
    logged = 0;
  }

  /** Adds what another has recorded, in a replay that is over. */
  public void add(Recorder other) {
    fold();
    other.fold();
    for (int i = 0; i < KINDS; i++) {
      tallies[i].add(other.tallies[i]);
    }
    firstInstruction(other.firstInstructionNs);
    imagesRefused += other.imagesRefused;
  }

  /** The replay's. */
  public long totalNs() {
    return totalNs;
  }

  public long conversions() {
    return tallies[CONVERSION].count();
  }

  /**
   * The replay is over.
   *
   * @param ns how long it took
   * @param work how long if one thread had done the work of all vCPUs
   */
  public void total(long ns, long work) {
    totalNs = ns;
    workNs = work;
    fold();
  }

  public void reset() {
    logged = 0;
    totalNs = 0;
    firstInstructionNs = -1;
    imagesRefused = 0;
    for (Tally tally : tallies) {
      tally.reset();
    }
  }

  /** Metrics by name, in a fixed order; verbs that were not used are absent. */
  public void report(Metrics metrics) {
    metrics.put(Declared.TOTAL_NS, totalNs);
    if (workNs != totalNs) {
      metrics.put(Declared.WORK_NS, workNs);
    }
    if (firstInstructionNs >= 0) {
      metrics.put(Declared.FIRST_INSTRUCTION_NS, firstInstructionNs);
      metrics.put(Declared.IMAGES_REFUSED, imagesRefused);
    }
    metrics.put(Declared.CONVERSIONS, tallies[CONVERSION].count());
    if (!tallies[REFUSED].isEmpty()) {
      metrics.put(Declared.CONVERSIONS_REFUSED, tallies[REFUSED].count());
    }
    quantiles(metrics, tallies[CONVERSION].histogram());
    for (int i = 0; i < Verb.count(); i++) {
      Tally tally = tallies[i];
      if (!tally.isEmpty()) {
        String verb = Verb.of(i).text();
        metrics.put(Declared.VERB_COUNT.of(verb), tally.count());
        metrics.put(Declared.VERB_PAGES.of(verb), tally.pages());
        metrics.put(Declared.VERB_TOTAL_NS.of(verb), tally.totalNs());
      }
    }
  }

  private static void quantiles(Metrics metrics, Histogram histogram) {
    if (histogram.getTotalCount() > 0) {
      metrics.put(Declared.CONVERT_P50_NS, histogram.getValueAtPercentile(50));
      metrics.put(Declared.CONVERT_P99_NS, histogram.getValueAtPercentile(99));
      metrics.put(Declared.CONVERT_P999_NS, histogram.getValueAtPercentile(99.9));
      metrics.put(Declared.CONVERT_MAX_NS, histogram.getMaxValue());
    }
  }

  /** The histograms that hold anything, by what they are of; the next reset empties them. */
  public Map<String, Histogram> latencies() {
    Map<String, Histogram> all = new LinkedHashMap<>();
    all.put("convert", tallies[CONVERSION].histogram());
    for (int i = 0; i < Verb.count(); i++) {
      if (!tallies[i].isEmpty()) {
        all.put(Verb.of(i).text(), tallies[i].histogram());
      }
    }
    return all;
  }
}
