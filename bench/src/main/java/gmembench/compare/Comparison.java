// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import module java.base;

import gmembench.InputException;
import gmembench.NotComparableException;
import gmembench.Ticks;
import gmembench.compare.Difference.Sample;
import gmembench.result.Cell;
import gmembench.result.Metric;
import gmembench.result.Repetition;
import gmembench.result.Results;

/**
 * Two results, metric by metric and cell by cell, with a verdict for each.
 *
 * @param across what of the machine is meant to differ
 * @param rows the most urgent first
 * @param notes what a reader must know beside the rows
 */
public record Comparison(
    Results base,
    Results head,
    double threshold,
    Across across,
    List<Difference> rows,
    List<String> notes) {

  /**
   * What the user chose.
   *
   * @param threshold up to what fraction a measured change does not matter
   * @param metrics names; empty for the default set
   * @param force whether to compare what is not comparable
   * @param noise what this host cannot tell apart
   * @param across what of the machine is meant to differ
   */
  public record Options(
      double threshold, Set<String> metrics, boolean force, DetectableChange noise, Across across) {
    public Options(double threshold, Set<String> metrics, boolean force, DetectableChange noise) {
      this(threshold, metrics, force, noise, Across.NOTHING);
    }
  }

  /** Compares; refuses what is not comparable, and what has nothing in common. */
  public static Comparison of(Results base, Results head, Options options) {
    List<String> notes = new ArrayList<>(Comparability.check(base, head, options));
    List<CellPair> cells = cells(base, head);
    checkMetrics(cells, options.metrics());
    List<Pending> pending = new ArrayList<>();
    List<Difference> rows = new ArrayList<>();
    for (CellPair cell : cells) {
      rows.addAll(cell.statusRows());
      if (cell.areComparable()) {
        collect(cell, base.env().ticks(), options.metrics(), rows, pending);
      }
    }
    rows.addAll(new Judge(options).judge(pending));
    if (rows.stream().noneMatch(r -> r.base().n() > 0 && r.head().n() > 0)) {
      throw new NotComparableException(
          "nothing to compare: "
              + base.folder()
              + " and "
              + head.folder()
              + " share no cell that ran");
    }
    notes.addAll(notes(cells, pending, options.noise()));
    rows.sort(Comparator.comparing(Difference::verdict).thenComparingDouble(r -> -size(r)));
    return new Comparison(
        base, head, options.threshold(), options.across(), List.copyOf(rows), List.copyOf(notes));
  }

  private static List<String> notes(
      List<CellPair> cells, List<Pending> pending, DetectableChange noise) {
    List<String> notes = new ArrayList<>();
    if (pending.stream().anyMatch(p -> !p.values().isPaired())) {
      notes.add(
          "measured runs are not paired: drift between them cannot be distinguished from a change,"
              + " so none is called better or worse; scripts/compare-pr runs pairs");
    }
    if (!noise.note().isEmpty() && pending.stream().anyMatch(p -> p.values().isPaired())) {
      notes.add(noise.note());
    }
    long neither = cells.stream().filter(c -> !c.ranAnywhere()).count();
    if (neither > 0) {
      notes.add(neither + (neither == 1 ? " cell" : " cells") + " ran on neither side");
    }
    return notes;
  }

  /** How far a row is from no change, for the order. */
  private static double size(Difference row) {
    double ratio = row.effect().ratio();
    return Double.isNaN(ratio) ? 0 : Math.abs(Math.log(Math.max(ratio, 1e-9)));
  }

  private static List<CellPair> cells(Results base, Results head) {
    Map<Cell, List<Repetition>> bases = base.samples().byCell();
    Map<Cell, List<Repetition>> heads = head.samples().byCell();
    Set<Cell> all = new LinkedHashSet<>(bases.keySet());
    all.addAll(heads.keySet());
    List<CellPair> cells = new ArrayList<>();
    for (Cell cell : all) {
      cells.add(
          new CellPair(
              cell, bases.getOrDefault(cell, List.of()), heads.getOrDefault(cell, List.of())));
    }
    return cells;
  }

  private static void checkMetrics(List<CellPair> cells, Set<String> wanted) {
    Set<String> known = new TreeSet<>();
    cells.forEach(c -> c.metrics().forEach(m -> known.add(m.name())));
    for (String name : wanted) {
      if (!known.contains(name)) {
        throw new InputException(
            "--metric", "no cell has '" + name + "'", "one of " + String.join(", ", known));
      }
    }
  }

  /** What must be tested before it can be judged. */
  record Pending(Cell cell, Metric metric, Values values) {}

  private static void collect(
      CellPair cell,
      Ticks ticks,
      Set<String> wanted,
      List<Difference> rows,
      List<Pending> pending) {
    boolean counted = cell.cell().isExact();
    boolean byTime = !counted && cell.areAnyRefused();
    for (Metric metric : cell.metrics()) {
      boolean isWanted =
          wanted.isEmpty() ? metric.isDefault(counted) : wanted.contains(metric.name());
      if (!isWanted || (byTime && metric.isText())) {
        continue; // which conversions were refused decides the answer: there is none to compare
      }
      Sample base = cell.constant(true, metric);
      Sample head = cell.constant(false, metric);
      boolean exact = counted || (metric.isExact() && !byTime);
      if (exact && base.n() > 0 && head.n() > 0) {
        Difference row = Difference.exact(cell.cell(), metric, base, head);
        rows.add(counted || cell.isPaired() ? row : row.unpaired());
      } else if (metric.isText()) {
        Difference row = varying(cell.cell(), metric);
        rows.add(cell.isPaired() ? row : row.unpaired());
      } else {
        pending.add(new Pending(cell.cell(), metric, cell.values(metric, ticks)));
      }
    }
  }

  /** An answer that is not even the same in every repetition of one side. */
  private static Difference varying(Cell cell, Metric metric) {
    return Difference.without(
        cell, Verdict.DIFFERENT, true, metric.name() + " is not one value on each side");
  }

  /** The unit of a cell's {@code _ns}, which is that of both sides. */
  Ticks ticks(Cell cell) {
    return base.env().ticks().unlessModelled(cell.isLive());
  }

  public boolean anyRegression() {
    return rows.stream().anyMatch(Difference::isRegression);
  }

  /** Did HEAD lose a cell that ran in BASE? */
  public boolean isAnyLost() {
    return !rows(Verdict.LOST_IN_HEAD).isEmpty();
  }

  public List<Difference> rows(Verdict verdict) {
    return rows.stream().filter(r -> r.verdict() == verdict).toList();
  }

  /** How many rows of each verdict there are, where there are any. */
  public Map<Verdict, Integer> counts() {
    Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
    rows.forEach(r -> counts.merge(r.verdict(), 1, Integer::sum));
    return new LinkedHashMap<>(counts);
  }

  /** {@code 1 REGRESSION: 1 worse; 2 better; 40 equivalent}. */
  public String headline() {
    List<String> parts = new ArrayList<>();
    counts().forEach((verdict, n) -> parts.add(n + " " + verdict.text()));
    long regressions = rows.stream().filter(Difference::isRegression).count();
    return (regressions == 0
            ? isAnyLost() ? "INCOMPLETE, no regression in what there is: " : "no regression: "
            : regressions == 1 ? "1 REGRESSION: " : regressions + " REGRESSIONS: ")
        + String.join("; ", parts);
  }
}
