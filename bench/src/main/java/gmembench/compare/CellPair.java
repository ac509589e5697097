// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import module java.base;

import gmembench.Ticks;
import gmembench.compare.Difference.Kind;
import gmembench.compare.Difference.Sample;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Metric;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import org.apache.commons.statistics.descriptive.Median;

/**
 * A cell on both sides.
 *
 * <p>Runs labelled {@code pair-N} on both sides are pairs, and one value of a run, the median of
 * its repetitions, is a sample: repetitions in one JVM share its luck. Otherwise every repetition
 * is a sample, or every run where each side has enough runs.
 */
final class CellPair {
  /** What compare-pr's labels begin with. */
  static final String PAIR = "pair-";

  private final Cell cell;
  private final List<Repetition> base;
  private final List<Repetition> head;

  CellPair(Cell cell, List<Repetition> base, List<Repetition> head) {
    this.cell = cell;
    this.base = base;
    this.head = head;
  }

  Cell cell() {
    return cell;
  }

  /** A word on a cell that cannot be compared, or an empty list if it can be. */
  List<Difference> statusRows() {
    boolean inBase = ran(base);
    boolean inHead = ran(head);
    String failure = failure(head);
    if (inBase && inHead && (failure.isEmpty() || !failure(base).isEmpty())) {
      return List.of();
    } else if (inBase) {
      String why = reason(head);
      return List.of(
          Difference.without(
              cell, Verdict.LOST_IN_HEAD, false, why.isEmpty() ? "" : "in HEAD " + why));
    } else if (inHead) {
      String why = reason(base);
      return List.of(
          Difference.without(
              cell, Verdict.ONLY_IN_HEAD, false, why.isEmpty() ? "" : "in BASE " + why));
    }
    return neither();
  }

  /** Ran on no side: worth a row only if one of them has it at all and the other has not. */
  private List<Difference> neither() {
    if (!base.isEmpty() && !head.isEmpty()) {
      return List.of();
    }
    Verdict verdict = head.isEmpty() ? Verdict.ONLY_IN_BASE : Verdict.ONLY_IN_HEAD;
    return List.of(Difference.without(cell, verdict, false, reason(head.isEmpty() ? base : head)));
  }

  boolean ranAnywhere() {
    return ran(base) || ran(head);
  }

  boolean areComparable() {
    return ran(base) && ran(head);
  }

  private static boolean ran(List<Repetition> entries) {
    return entries.stream().anyMatch(e -> e.status() == Status.OK);
  }

  private static String failure(List<Repetition> entries) {
    return entries.stream()
        .filter(e -> e.status() == Status.FAILED)
        .findFirst()
        .map(e -> "failed: " + e.reason())
        .orElse("");
  }

  private static String reason(List<Repetition> entries) {
    String failure = failure(entries);
    return !failure.isEmpty() || entries.isEmpty()
        ? failure
        : "unsupported: " + entries.get(0).reason();
  }

  /** Every metric that either side has. */
  Set<Metric> metrics() {
    Set<Metric> names = new LinkedHashSet<>();
    base.forEach(e -> names.addAll(e.metrics().all()));
    head.forEach(e -> names.addAll(e.metrics().all()));
    return names;
  }

  /** The values of a metric, paired if the runs are; no values if a side has none. */
  Values values(Metric metric, Ticks ticks) {
    List<Repetition> bases = with(base, metric);
    List<Repetition> heads = with(head, metric);
    if (isPaired()) {
      Map<String, Double> left = byRun(bases, metric);
      Map<String, Double> right = byRun(heads, metric);
      left.keySet().retainAll(right.keySet());
      double[] b = left.values().stream().mapToDouble(v -> v).toArray();
      double[] h = left.keySet().stream().mapToDouble(r -> get(right, r)).toArray();
      return new Values(Kind.PAIRED, ticks, b, h);
    }
    Map<String, Double> left = byRun(bases, metric);
    Map<String, Double> right = byRun(heads, metric);
    boolean manyRuns = left.size() >= RankTest.FEWEST && right.size() >= RankTest.FEWEST;
    return manyRuns
        ? new Values(Kind.UNPAIRED, ticks, array(left), array(right))
        : new Values(Kind.UNPAIRED, ticks, numbers(bases, metric), numbers(heads, metric));
  }

  /** Were any conversions refused? Live that is a matter of time, and the end state with it. */
  boolean areAnyRefused() {
    return Stream.concat(base.stream(), head.stream())
        .anyMatch(e -> e.metrics().has(Declared.CONVERSIONS_REFUSED));
  }

  boolean isPaired() {
    return base.stream().allMatch(e -> e.run().startsWith(PAIR))
        && head.stream().allMatch(e -> e.run().startsWith(PAIR));
  }

  private static double get(Map<String, Double> map, String run) {
    return map.getOrDefault(run, Double.NaN);
  }

  /**
   * The one value that a side has in all its repetitions, or none if it varies or is missing. Plain
   * loops: this is most of what a comparison of many cells does.
   */
  Sample constant(boolean ofBase, Metric metric) {
    String text = "";
    int n = 0;
    int fine = 0;
    for (Repetition entry : ofBase ? base : head) {
      String value = entry.metrics().written(metric);
      if (value != null && n > 0 && !value.equals(text)) {
        return Sample.NONE;
      } else if (value != null) {
        text = value;
        n++;
      }
      fine += entry.status() == Status.OK ? 1 : 0;
    }
    if (n == 0) {
      return metric.absentIsZero() ? new Sample(fine, 0, "0", Kind.EXACT) : Sample.NONE;
    }
    double value = metric.isText() ? Double.NaN : Double.parseDouble(text);
    return new Sample(n, value, text, Kind.EXACT);
  }

  private static List<Repetition> with(List<Repetition> entries, Metric metric) {
    return entries.stream().filter(e -> e.metrics().has(metric)).toList();
  }

  private static double[] numbers(List<Repetition> entries, Metric metric) {
    return entries.stream().mapToDouble(e -> e.metrics().number(metric)).toArray();
  }

  private static double[] array(Map<String, Double> byRun) {
    return byRun.values().stream().mapToDouble(v -> v).toArray();
  }

  private static Map<String, Double> byRun(List<Repetition> entries, Metric metric) {
    Map<String, List<Repetition>> runs = new LinkedHashMap<>();
    entries.forEach(e -> runs.computeIfAbsent(e.run(), r -> new ArrayList<>()).add(e));
    Map<String, Double> medians = new LinkedHashMap<>();
    runs.forEach(
        (run, of) -> medians.put(run, Median.withDefaults().evaluate(numbers(of, metric))));
    return medians;
  }
}
