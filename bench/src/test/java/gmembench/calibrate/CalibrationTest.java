// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import module java.base;

import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.mm.HostSizes;
import gmembench.mm.Term;
import gmembench.model.Cost;
import gmembench.model.Costs;
import org.junit.jupiter.api.Test;

class CalibrationTest {
  private static final long SEED = 8;

  /** Costs as they are on a real host, of ranges that are absent, resident or mapped. */
  private static List<Point> planted(double noise, double spoiled) {
    Random random = new Random(SEED);
    List<Point> points = new ArrayList<>();
    for (int pages = 1; pages <= 4096; pages *= 2) {
      for (int state = 0; state < 3; state++) {
        double faults = state > 0 ? pages : 0;
        double maps = state > 1 ? pages : 0;
        double once = state > 0 ? 1 : 0;
        double ns = 1400 + 2 * pages + 1100 * once + 450 * faults + 250 * maps;
        ns *= 1 + noise * random.nextGaussian();
        ns *= random.nextDouble() < spoiled ? 3 + random.nextDouble() : 1;
        points.add(
            new Point(
                pages + " pages",
                Map.of(
                    Term.FIXED, 1.0,
                    Term.PER_PAGE, (double) pages,
                    Term.ONCE, once,
                    Term.PER_FAULT, faults,
                    Term.PER_MAP, maps),
                ns));
      }
    }
    return points;
  }

  private static Origin origin() {
    return new Origin("EPYC 'x'", "calibrate", "today", HostSizes.DEFAULT, "a test", 2_400);
  }

  private static double ns(Fitted fitted, Term term) {
    return fitted.ns().getOrDefault(term, -1L);
  }

  @Test
  void plantedCostsAreFoundExactly() {
    Fitted fitted = Fitted.to(planted(0, 0));
    assertThat(fitted.ns())
        .isEqualTo(
            Map.of(
                Term.FIXED, 1400L,
                Term.PER_PAGE, 2L,
                Term.ONCE, 1100L,
                Term.PER_FAULT, 450L,
                Term.PER_MAP, 250L));
    assertThat(fitted.medianError()).isLessThan(1e-9);
    assertThat(Math.abs(fitted.error(fitted.worst()))).isLessThan(1e-9);
  }

  @Test
  void noiseAndSpoiledFiguresHardlyMoveThem() {
    Fitted fitted = Fitted.to(planted(0.03, 0.1));
    assertThat(ns(fitted, Term.FIXED)).as("seed " + SEED).isCloseTo(1400, within(140.0));
    assertThat(ns(fitted, Term.PER_FAULT)).isCloseTo(450, within(45.0));
    assertThat(ns(fitted, Term.PER_MAP)).isCloseTo(250, within(45.0));
    assertThat(fitted.medianError()).isLessThan(0.04);
    assertThat(Math.abs(fitted.error(fitted.worst()))).as("a spoiled figure").isGreaterThan(0.5);
  }

  /** A slope below 0 is noise: nothing costs less than nothing. */
  @Test
  void noCostIsNegative() {
    List<Point> falling = new ArrayList<>();
    for (int pages = 1; pages <= 64; pages *= 2) {
      Map<Term, Double> counts = Map.of(Term.FIXED, 1.0, Term.PER_PAGE, (double) pages);
      falling.add(new Point(pages + " pages", counts, 100 - pages));
    }
    assertThat(Fitted.to(falling).ns().values()).allMatch(ns -> ns >= 0);
  }

  @Test
  void theProfileIsReadAsItWasFitted() {
    Map<String, List<Point>> points = new LinkedHashMap<>();
    points.put("memfd.discard.private", planted(0, 0));
    points.put("memfd.discard.shared", planted(0.02, 0));
    Map<Term, Double> one = Map.of(Term.FIXED, 1.0, Term.PER_PAGE, 1.0);
    Map<Term, Double> ten = Map.of(Term.FIXED, 1.0, Term.PER_PAGE, 10.0);
    points.put("strategy.snp", List.of(new Point("a", one, 35), new Point("b", ten, 80)));
    Calibration calibration = new Calibration.Figures(origin(), points).fit(Set.of());
    String text = ProfileText.of(calibration, Set.of());
    Costs costs = Costs.of("host", text);
    Map<Term, Long> planted =
        Map.of(
            Term.FIXED, 1400L,
            Term.PER_PAGE, 2L,
            Term.ONCE, 1100L,
            Term.PER_FAULT, 450L,
            Term.PER_MAP, 250L);
    Cost read = costs.cost("memfd", Verb.DISCARD, Side.PRIVATE);
    for (Term term : Term.values()) {
      assertThat(read.of(term)).as(term.key()).isEqualTo(planted.getOrDefault(term, 0L));
    }
    Fitted shared = Objects.requireNonNull(calibration.sections().get("memfd.discard.shared"));
    assertThat(costs.cost("memfd", Verb.DISCARD, Side.SHARED).of(Term.PER_FAULT))
        .isEqualTo((long) ns(shared, Term.PER_FAULT));
    assertThat(costs.own("snp")).isEqualTo(new Costs.Own(30, 5));
    Costs.Fit fit = Objects.requireNonNull(costs.fit());
    assertThat(fit.data()).isEqualTo(calibration.points());
    assertThat(fit.host()).isEqualTo("EPYC 'x', today");
    assertThat(fit.parameters())
        .contains("strategy.snp.per_page_ns")
        .allSatisfy(key -> assertThat(costs.value(key)).isNotNegative());
    assertThat(costs.backings()).containsExactly("memfd");
    assertThat(text).contains("off by").contains("in the median");
  }
}
