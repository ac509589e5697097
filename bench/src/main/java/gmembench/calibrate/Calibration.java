// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import gmembench.Units;
import gmembench.backing.Backing;
import gmembench.result.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.statistics.descriptive.Median;

/**
 * This host's costs: what each verb takes on each backing, and what each strategy takes itself.
 *
 * @param sections fitted costs by the name of their section
 */
public record Calibration(Map<String, Fitted> sections) {
  public static final int DEFAULT_ROUNDS = 15;

  /** Steps of {@link #measure} that are told to its {@code onStep}. */
  public static int steps(List<Backing> backings, int rounds) {
    return backings.size() * rounds;
  }

  /** Measures and fits; backings must be able to run here. */
  public static Calibration measure(List<Backing> backings, int rounds, Runnable onStep) {
    try (Rounds all = Rounds.open(backings)) {
      for (int round = 0; round < rounds; round++) {
        for (Backing backing : backings) {
          all.round(backing);
          onStep.run();
        }
      }
      return all.fit();
    }
  }

  public static Calibration fit(Map<String, List<Point>> points) {
    Map<String, Fitted> sections = new LinkedHashMap<>();
    points.forEach((section, ps) -> sections.put(section, Fitted.to(ps)));
    return new Calibration(sections);
  }

  /** A line for each section: what was fitted, and how well. */
  public String text() {
    Table table =
        new Table(
            "cost, ns",
            "fixed",
            "page",
            "several",
            "once",
            "fault",
            "map once",
            "map",
            "activation",
            "flush",
            "flush all",
            "gather",
            "node",
            "away once",
            "away",
            "away fault",
            "away map",
            "far once",
            "far",
            "folio",
            "split",
            "split folio",
            "split map",
            "zeroed",
            "points",
            "off",
            "most");
    sections.forEach((name, f) ->
        table.row(
            name,
            cell(f, Term.FIXED),
            cell(f, Term.PER_PAGE),
            cell(f, Term.ONCE_SEVERAL),
            cell(f, Term.ONCE),
            cell(f, Term.PER_FAULT),
            cell(f, Term.ONCE_MAP),
            cell(f, Term.PER_MAP),
            cell(f, Term.PER_ACTIVATION),
            cell(f, Term.PER_FLUSH),
            cell(f, Term.ONCE_FLUSH),
            cell(f, Term.ONCE_GATHER),
            cell(f, Term.PER_NODE),
            cell(f, Term.ONCE_AWAY),
            cell(f, Term.PER_AWAY),
            cell(f, Term.PER_AWAY_FAULT),
            cell(f, Term.PER_AWAY_MAP),
            cell(f, Term.ONCE_FAR),
            cell(f, Term.PER_FAR),
            cell(f, Term.PER_FOLIO),
            cell(f, Term.PER_SPLIT),
            cell(f, Term.PER_SPLIT_FOLIO),
            cell(f, Term.PER_SPLIT_MAP),
            cell(f, Term.PER_ZEROED),
            Integer.toString(f.points().size()),
            Units.decimal(100 * f.medianError(), 1) + " %",
            Units.decimal(100 * f.error(f.worst()), 1) + " %"));
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
