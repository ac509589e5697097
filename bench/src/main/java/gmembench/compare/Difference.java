// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import gmembench.result.Cell;
import gmembench.result.Metric;
import gmembench.result.Metric.Better;
import java.util.EnumSet;

/**
 * One metric of one cell on both sides.
 *
 * @param isRegression whether it is to fail a gate
 * @param p of the test, NaN if there was none because the values are exact or too few
 * @param pHolm corrected for all tests of the comparison
 * @param more how many more repetitions (pairs, where paired) would probably decide; 0 if it is
 *     decided
 * @param note what else must be said, or empty
 */
public record Difference(
    Cell cell,
    Metric metric,
    Verdict verdict,
    boolean isRegression,
    Sample base,
    Sample head,
    Effect effect,
    double p,
    double pHolm,
    long more,
    String note) {

  /** Stands for all metrics of a cell that did not run. */
  private static final Metric STATUS = Metric.number("status", "whether a cell ran");

  /** How the values are to be compared. */
  public enum Kind {
    EXACT,
    PAIRED,
    UNPAIRED
  }

  /**
   * One side.
   *
   * @param n how many values, 0 if there is none
   * @param median NaN if there is none
   * @param text what stands for it: as in the file if it is exact
   */
  public record Sample(int n, double median, String text, Kind kind) {
    static final Sample NONE = new Sample(0, Double.NaN, "", Kind.EXACT);
  }

  public Kind kind() {
    return base.n() > 0 ? base.kind() : head.kind();
  }

  /** A row without numbers: the cell ran on one side only. */
  static Difference without(Cell cell, Verdict verdict, boolean isRegression, String note) {
    return new Difference(
        cell,
        STATUS,
        verdict,
        isRegression,
        Sample.NONE,
        Sample.NONE,
        Effect.UNKNOWN,
        Double.NaN,
        Double.NaN,
        0,
        note);
  }

  /** A difference in values without noise: real, however small. */
  static Difference exact(Cell cell, Metric metric, Sample base, Sample head) {
    Effect effect = metric.isText() ? Effect.UNKNOWN : Effect.exact(base.median(), head.median());
    boolean same =
        metric.isText() ? base.text().equals(head.text()) : base.median() == head.median();
    Verdict verdict = same ? Verdict.EQUIVALENT : direction(metric, head.median() > base.median());
    boolean regression = verdict == Verdict.WORSE || verdict == Verdict.DIFFERENT;
    return new Difference(
        cell, metric, verdict, regression, base, head, effect, Double.NaN, Double.NaN, 0, "");
  }

  /** The same of live runs that were not paired: no claim, and never a regression. */
  Difference unpaired() {
    boolean isClaim =
        EnumSet.of(Verdict.WORSE, Verdict.BETTER, Verdict.DIFFERENT).contains(verdict);
    return new Difference(
        cell,
        metric,
        isClaim ? Verdict.DIFFERS_UNPAIRED : verdict,
        false,
        base,
        head,
        effect,
        p,
        pHolm,
        more,
        note);
  }

  static Verdict direction(Metric metric, boolean higher) {
    if (metric.better() == Better.SAME) {
      return Verdict.DIFFERENT;
    }
    return higher == (metric.better() == Better.HIGHER) ? Verdict.BETTER : Verdict.WORSE;
  }

  /** {@code 15+15}, {@code 12 pairs}, {@code exact}. */
  String count() {
    return switch (kind()) {
      case EXACT -> base.n() + head.n() == 0 ? "-" : "exact";
      case PAIRED -> base.n() + " pairs";
      case UNPAIRED -> base.n() + "+" + head.n();
    };
  }
}
