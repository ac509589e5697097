// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.InputException;
import gmembench.mm.HostSizes;
import gmembench.mm.Term;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiguresFileTest {
  private static final long SEED = 15;
  private static final String ORIGIN =
      """
      # [measured]
      # host = "EPYC"
      # command = "calibrate"
      # day = "2026-11-30"
      # [host]
      # l2 = "1MiB"
      # llc_share = "8MiB"
      # flush_ceiling = 33
      # gather_bundle = 8
      # source = "a test"
      """;

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("figures.csv"), text);
  }

  /** Averages that no decimal of a few digits is. */
  private static Calibration.Figures measured() {
    Random random = new Random(SEED);
    Map<String, List<Point>> points = new LinkedHashMap<>();
    for (String section : List.of("memfd.touch.private", "memfd.discard", "strategy.snp")) {
      List<Point> some = new ArrayList<>();
      for (int pages = 1; pages <= 64; pages *= 2) {
        double faults = pages * random.nextDouble();
        double ns = 1000 / 3.0 + 70 * pages + 300 * faults * (1 + random.nextGaussian() / 50);
        Map<Term, Double> counts =
            Map.of(Term.FIXED, 1.0, Term.PER_PAGE, (double) pages, Term.PER_FAULT, faults);
        some.add(new Point(pages + " pages absent, \"cold\"", counts, ns, 15));
      }
      points.put(section, some);
    }
    HostSizes sizes = new HostSizes(2 << 20, 12 << 20, 17, 8);
    return new Calibration.Figures(
        new Origin("EPYC", "calibrate", "today", sizes, "x", 2_345), points);
  }

  @Test
  void aRefitOfSavedFiguresIsTheProfileOfTheRunThatSavedThem() throws IOException {
    Calibration.Figures figures = measured();
    Calibration.Figures read = FiguresFile.read(file(FiguresFile.of(figures)));
    assertThat(read).isEqualTo(figures);
    assertThat(ProfileText.of(read.fit(Set.of()), Set.of()))
        .as("seed " + SEED)
        .isEqualTo(ProfileText.of(figures.fit(Set.of()), Set.of()))
        .contains("l2 = \"2MiB\"\nllc_share = \"12MiB\"\nflush_ceiling = 17\n");
  }

  /**
   * By hand: 110, 120 and 140 ns for 1, 2 and 4 pages are 100 and 10 a page. Without pages 120 for
   * all is off by 1/11 + 0 + 1/7, less than 110 (1/12 + 3/14) or 140 (3/11 + 1/6).
   */
  @Test
  void aTermLessIsAnotherFit() throws IOException {
    Calibration.Figures read =
        FiguresFile.read(
            file(
                ORIGIN
                    + "section,state,fixed,per_page,ns,repetitions\n"
                    + "memfd.touch,1 page,1,1,110,15\n"
                    + "memfd.touch,2 pages,1,2,120,15\n"
                    + "memfd.touch,4 pages,1,4,140,15\n"));
    assertThat(ns(read, Set.of())).isEqualTo(Map.of(Term.FIXED, 100L, Term.PER_PAGE, 10L));
    assertThat(ns(read, Set.of(Term.PER_PAGE))).isEqualTo(Map.of(Term.FIXED, 120L));
    assertThat(ProfileText.of(read.fit(Set.of(Term.PER_PAGE)), Set.of(Term.PER_PAGE)))
        .contains("# Not fitted: per_page.\n");
  }

  private static Map<Term, Long> ns(Calibration.Figures figures, Set<Term> without) {
    return Objects.requireNonNull(figures.fit(without).sections().get("memfd.touch")).ns();
  }

  @Test
  void badFiguresNameTheLine() throws IOException {
    String header = "section,state,fixed,ns,repetitions\n";
    check(ORIGIN, ":11: no figures");
    check(ORIGIN + "section,ns\n", ":11: another header");
    check(ORIGIN + "section,state,per_pag,ns,repetitions\n", ":11: 'per_pag' is no term");
    check(ORIGIN + "section,state,fixed,fixed,ns,repetitions\n", ":11: column fixed again");
    check(ORIGIN + header, ":11: no figures");
    check(ORIGIN + header + "memfd.touch,a,1,5\n", ":12: 4 columns");
    check(ORIGIN + header + "memfd.touch,a,1,5,3\nmemfd.touch,b,1,0,3\n", ":13: ns 0.0 of 3");
    check(ORIGIN + header + "memfd.touch,a,x,5,3\n", ":12: 'x'");
    check(ORIGIN + header + "memfd.touch,a,-1,5,3\n", ":12: '-1'");
    check(ORIGIN + header + "memfd.touch,a,NaN,5,3\n", ":12: 'NaN'");
    check(ORIGIN + header + "memfd.touch,a,1,5,0.5\n", ":12: ns 5.0 of 0.5");
    check(ORIGIN + header + "[fit],a,1,5,3\n", ":12: section '[fit]'");
    check(ORIGIN.replace("\"8MiB\"", "8") + header, ":7: host.llc_share = 8");
    check(ORIGIN.replace("# day = \"2026-11-30\"\n", "") + header, ":1: no measured.day");
    check(ORIGIN + "# more = 1\n" + header, ":11: unknown key");
  }

  private void check(String text, String message) throws IOException {
    Path file = file(text);
    assertThatThrownBy(() -> FiguresFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file + message)
        .hasMessageContaining(", expected ");
  }
}
