// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import module java.base;

import gmembench.compare.Comparison.Pending;
import gmembench.result.Metric;
import gmembench.result.Metric.Better;
import org.apache.commons.statistics.distribution.NormalDistribution;

/** Gives measured values their verdicts: all tests first, since they are corrected together. */
final class Judge {
  /** More than this is another experiment, not more of the same. */
  private static final long MOST = 10_000;

  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  private final Comparison.Options options;

  Judge(Comparison.Options options) {
    this.options = options;
  }

  List<Difference> judge(List<Pending> pending) {
    List<Pending> tested = pending.stream().filter(Judge::isTestable).toList();
    double[] p = tested.stream().mapToDouble(t -> t.values().p()).toArray();
    double[] holm = RankTest.holm(p);
    List<Difference> rows = new ArrayList<>();
    int at = 0;
    for (Pending one : pending) {
      Difference row;
      if (isTestable(one)) {
        row = tested(one, p[at], holm[at], tested.size());
        at++;
      } else {
        row = untested(one);
      }
      rows.add(one.values().isPaired() ? row : row.unpaired());
    }
    return rows;
  }

  private static boolean isTestable(Pending pending) {
    return pending.values().fewer() >= pending.values().fewest();
  }

  private static Difference untested(Pending one) {
    Values values = one.values();
    if (values.isEmpty()) {
      boolean none = values.base().n() + values.head().n() == 0;
      Verdict verdict =
          none
              ? Verdict.INCONCLUSIVE
              : values.head().n() == 0 ? Verdict.ONLY_IN_BASE : Verdict.ONLY_IN_HEAD;
      return row(one, verdict, false, Effect.UNKNOWN, Double.NaN, Double.NaN, 0, "");
    }
    int more = values.fewest() - values.fewer();
    String note = "fewer than " + values.fewest() + " samples: no verdict";
    Effect effect = values.effect(seed(one));
    Effect point = new Effect(effect.ratio(), Double.NaN, Double.NaN);
    return row(one, Verdict.INCONCLUSIVE, false, point, Double.NaN, Double.NaN, more, note);
  }

  private Difference tested(Pending one, double p, double holm, int tests) {
    Values values = one.values();
    Effect effect = values.effect(seed(one));
    Metric metric = one.metric();
    if (!effect.isKnown()) {
      boolean real = holm < RankTest.ALPHA;
      boolean higher = values.head().median() > values.base().median();
      Verdict verdict = real ? Difference.direction(metric, higher) : Verdict.INCONCLUSIVE;
      boolean bad = verdict == Verdict.WORSE || verdict == Verdict.DIFFERENT;
      return row(one, verdict, bad, effect, p, holm, 0, "a value is 0: no ratio");
    } else if (effect.isWithin(options.threshold())) {
      return row(one, Verdict.EQUIVALENT, false, effect, p, holm, 0, "");
    } else if (holm < RankTest.ALPHA && effect.excludesNoChange()) {
      return real(one, effect, p, holm);
    }
    long more = more(values, effect, p, tests);
    return row(one, Verdict.INCONCLUSIVE, false, effect, p, holm, more, "");
  }

  private Difference real(Pending one, Effect effect, double p, double holm) {
    Metric metric = one.metric();
    String tooSmall = options.noise().tooSmall(one.cell(), effect.ratio());
    if (!tooSmall.isEmpty() && one.values().isPaired()) {
      return row(one, Verdict.INCONCLUSIVE, false, effect, p, holm, 0, tooSmall);
    }
    Verdict verdict = Difference.direction(metric, effect.ratio() > 1);
    double bad = metric.better() == Better.HIGHER ? 1 / effect.ratio() : effect.ratio();
    boolean regression =
        verdict == Verdict.DIFFERENT || (verdict == Verdict.WORSE && bad > 1 + options.threshold());
    String note = verdict == Verdict.WORSE && !regression ? "within the threshold" : "";
    return row(one, verdict, regression, effect, p, holm, 0, note);
  }

  /**
   * How many more would probably tell, if the effect and the noise stay what they are: a test
   * statistic grows with the root of n, and an interval shrinks with it until it fits inside the
   * threshold.
   */
  private long more(Values values, Effect effect, double p, int tests) {
    int n = values.fewer();
    double have = NORMAL.inverseSurvivalProbability(p / 2);
    double want = NORMAL.inverseSurvivalProbability(RankTest.ALPHA / tests / 2);
    double toDiffer = have > 0 ? n * Math.pow(want / have, 2) : MOST;
    double half = (Math.log(effect.high()) - Math.log(effect.low())) / 2;
    double room = Math.log(1 + options.threshold()) - Math.abs(Math.log(effect.ratio()));
    double toFit = room > 0 && Double.isFinite(half) ? n * Math.pow(half / room, 2) : MOST;
    double wanted = Math.ceil(Math.min(toDiffer, toFit));
    long floor = values.fewest(tests);
    return Math.clamp(Math.max(floor, (long) wanted) - n, 1, MOST);
  }

  /** The same results give the same interval, whatever else is compared. */
  private static long seed(Pending one) {
    return 31L * one.cell().hashCode() + one.metric().name().hashCode();
  }

  private static Difference row(
      Pending one,
      Verdict verdict,
      boolean regression,
      Effect effect,
      double p,
      double holm,
      long more,
      String note) {
    return new Difference(
        one.cell(),
        one.metric(),
        verdict,
        regression,
        one.values().base(),
        one.values().head(),
        effect,
        p,
        holm,
        more,
        note);
  }
}
