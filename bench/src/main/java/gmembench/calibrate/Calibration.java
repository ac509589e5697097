// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.Units;
import gmembench.backing.Backing;
import gmembench.mm.Term;
import gmembench.table.Table;
import org.apache.commons.statistics.descriptive.Median;

/**
 * This host's costs: what each verb takes on each backing, and what each strategy takes itself.
 *
 * @param origin where it was measured
 * @param sections fitted costs by the name of their section
 */
public record Calibration(Origin origin, Map<String, Fitted> sections) {
  public static final int DEFAULT_ROUNDS = 15;

  /** Steps of {@link #measure} that are reported to its {@code onStep}. */
  public static int steps(List<Backing> backings, int rounds) {
    return backings.size() * rounds;
  }

  /** Measures; backings must be able to run here. */
  public static Figures measure(
      List<Backing> backings, Origin origin, int rounds, Runnable onStep) {
    try (Rounds all = Rounds.open(backings, origin)) {
      for (int round = 0; round < rounds; round++) {
        for (Backing backing : backings) {
          all.round(backing);
          onStep.run();
        }
      }
      return all.figures();
    }
  }

  /**
   * What was measured, before anything is fitted to it.
   *
   * @param points by the name of their section
   */
  public record Figures(Origin origin, Map<String, List<Point>> points) {
    Stream<Point> all() {
      return points.values().stream().flatMap(List::stream);
    }

    /** Fits every section, without some terms. */
    public Calibration fit(Set<Term> without) {
      Map<String, Fitted> sections = new LinkedHashMap<>();
      points.forEach((section, ps) -> sections.put(section, Fitted.to(ps, without)));
      return new Calibration(origin, sections);
    }
  }

  /** A line for each section: what was fitted, and how well. */
  public String text() {
    List<Term> terms =
        Arrays.stream(Term.values())
            .filter(term -> sections.values().stream().anyMatch(f -> f.ns().containsKey(term)))
            .toList();
    List<String> header = new ArrayList<>(List.of("cost, ns"));
    terms.forEach(term -> header.add(term.heading()));
    header.addAll(List.of("points", "off", "most"));
    Table table = new Table(header.toArray(String[]::new));
    sections.forEach((name, f) -> {
      List<String> row = new ArrayList<>(List.of(name));
      terms.forEach(term -> row.add(cell(f, term)));
      row.add(Integer.toString(f.points().size()));
      row.add(Units.decimal(100 * f.medianError(), 1) + " %");
      row.add(Units.decimal(100 * f.error(f.worst()), 1) + " %");
      table.row(row.toArray(String[]::new));
    });
    return table.toString();
  }

  private static String cell(Fitted fitted, Term term) {
    Long ns = fitted.ns().get(term);
    return ns == null ? "-" : Long.toString(ns);
  }

  public int parameters() {
    return sections.values().stream().mapToInt(f -> f.ns().size()).sum();
  }

  public int points() {
    return sections.values().stream().mapToInt(f -> f.points().size()).sum();
  }

  /** Half of all points are predicted better than this. */
  public double medianError() {
    return Median.withDefaults()
        .evaluate(
            sections.values().stream()
                .flatMapToDouble(f -> f.points().stream().mapToDouble(p -> Math.abs(f.error(p))))
                .toArray());
  }
}
