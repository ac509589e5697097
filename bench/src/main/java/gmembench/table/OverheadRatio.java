// SPDX-License-Identifier: Apache-2.0
package gmembench.table;

import module java.base;

import gmembench.Units;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Interval;
import gmembench.result.Repetition;
import gmembench.result.Samples;

/**
 * (eager - snp) / (no-shared-discard - snp): what both discards cost over what one costs. It has no
 * unit and no fitted cost can hide in it; published it is (103 - 32) / (68 - 32) = 1.97.
 *
 * @param cell what it is of, without a strategy
 * @param ratio of every round in which all three ran, so that they are paired
 */
public record OverheadRatio(Cell cell, Interval ratio) {
  private static final List<String> STRATEGIES =
      List.of("snp", "eager-punch-hole", "no-shared-discard");

  /**
   * One for each engine, backing and tracker that ran all three; null has no discard to compare.
   */
  public static List<OverheadRatio> of(Samples samples, String workload) {
    Map<Cell, Map<Integer, Map<String, Double>>> rounds = new LinkedHashMap<>();
    for (Repetition e : samples.entries()) {
      Cell c = e.cell();
      boolean isOne =
          c.workload().equals(workload)
              && STRATEGIES.contains(c.strategy())
              && !c.backing().equals("null");
      if (isOne && e.has(Declared.TOTAL_NS)) {
        rounds
            .computeIfAbsent(c.block(), b -> new LinkedHashMap<>())
            .computeIfAbsent(e.rep(), r -> new HashMap<>())
            .put(c.strategy(), e.number(Declared.TOTAL_NS));
      }
    }
    List<OverheadRatio> ratios = new ArrayList<>();
    rounds.forEach((block, byRep) -> {
      double[] values =
          byRep.values().stream()
              .filter(r -> r.size() == STRATEGIES.size())
              .mapToDouble(OverheadRatio::ratio)
              .toArray();
      if (values.length > 0) {
        ratios.add(new OverheadRatio(block, Interval.ofMedian(values)));
      }
    });
    return ratios;
  }

  private static double ratio(Map<String, Double> totals) {
    double snp = totals.getOrDefault("snp", Double.NaN);
    return (totals.getOrDefault("eager-punch-hole", Double.NaN) - snp)
        / (totals.getOrDefault("no-shared-discard", Double.NaN) - snp);
  }

  /** The ratios as a table, the published one first. */
  public static String text(List<OverheadRatio> ratios, String published) {
    Table table = new Table("(eager - snp) / (no-shared-discard - snp)", "ratio", "95 %", "n");
    if (!published.isEmpty()) {
      table.row("published, June 2022", published, "-", "1");
    }
    for (OverheadRatio r : ratios) {
      boolean live = r.cell().isLive();
      table.row(
          r.cell().engine() + ", " + (live ? r.cell().backing() : "one equal cost a discard"),
          Units.decimal(r.ratio().median(), 2),
          live && r.ratio().isKnown()
              ? Units.decimal(r.ratio().low(), 2) + ".." + Units.decimal(r.ratio().high(), 2)
              : live ? "-" : "exact",
          Integer.toString(r.ratio().n()));
    }
    return table.toString();
  }
}
