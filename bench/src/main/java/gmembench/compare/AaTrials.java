// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import module java.base;

import gmembench.Units;
import gmembench.result.AbbaOrder;
import gmembench.result.Cell;
import gmembench.result.Metric;
import gmembench.result.ResultFolder;
import gmembench.table.ShortNames;
import gmembench.table.Table;

/**
 * A build against itself: every stretch of a series of runs is taken for a comparison of A with B,
 * which can only find what is not there.
 *
 * @param pairs how many pairs a comparison has
 * @param trials how many stretches; they overlap, so that not much can be said of a handful
 * @param abba how often a comparison in ABBA pairs found a difference
 * @param sequential how often one did that ran first A, then B
 * @param detectablePercent the smallest change that ABBA pairs find four times out of five
 */
public record AaTrials(
    Cell cell, int pairs, int trials, double abba, double sequential, double detectablePercent) {

  /** Below this the signed-rank test cannot reach 5 %. */
  public static final int FEWEST_PAIRS = RankTest.fewest(true, 1);

  /** A live cell has no costs. */
  static final List<String> LIVE_COLUMNS = Cell.COLUMNS.subList(0, 5);

  static final List<String> RUNS_COLUMNS =
      Cell.row(List.of(), LIVE_COLUMNS, List.of("run", "total_ns"));

  private static final double POWER = 0.8;
  private static final double LARGEST = 10;

  /** Trials of times in the order in which they were run, at least {@code 2 * pairs} of them. */
  public static AaTrials of(Cell cell, double[] inOrder, int pairs) {
    int trials = inOrder.length - 2 * pairs + 1;
    return new AaTrials(
        cell,
        pairs,
        trials,
        rate(inOrder, pairs, t -> abba(t, 0)),
        rate(inOrder, pairs, AaTrials::sequential),
        100 * detectable(inOrder, pairs));
  }

  /** How many of the stretches are found to differ. */
  private static double rate(double[] inOrder, int pairs, ToDoubleFunction<double[]> p) {
    int trials = inOrder.length - 2 * pairs + 1;
    int found = 0;
    for (int from = 0; from < trials; from++) {
      double[] stretch = Arrays.copyOfRange(inOrder, from, from + 2 * pairs);
      found += p.applyAsDouble(stretch) < RankTest.ALPHA ? 1 : 0;
    }
    return (double) found / trials;
  }

  private static double abba(double[] stretch, double change) {
    double[] base = AbbaOrder.first(stretch, 0, stretch.length);
    double[] head = AbbaOrder.second(stretch, 0, stretch.length);
    Arrays.setAll(head, i -> head[i] * (1 + change));
    return RankTest.paired(base, head);
  }

  private static double sequential(double[] stretch) {
    int half = stretch.length / 2;
    return RankTest.unpaired(
        Arrays.copyOf(stretch, half), Arrays.copyOfRange(stretch, half, stretch.length));
  }

  /** By bisection: a larger change is found more often. */
  private static double detectable(double[] inOrder, int pairs) {
    double tooSmall = 0;
    double enough = LARGEST;
    while (enough - tooSmall > 1e-4) {
      double change = (tooSmall + enough) / 2;
      if (rate(inOrder, pairs, t -> abba(t, change)) >= POWER) {
        enough = change;
      } else {
        tooSmall = change;
      }
    }
    return enough;
  }

  /** The file that {@code compare} reads. */
  public static String csv(List<AaTrials> all) {
    StringBuilder out = new StringBuilder(ResultFolder.line(DetectableChange.COLUMNS));
    for (AaTrials t : all) {
      out.append(
          ResultFolder.line(
              Cell.row(
                  List.of(),
                  t.cell().values().subList(0, 5),
                  List.of(
                      Integer.toString(t.pairs()),
                      Integer.toString(t.trials()),
                      Metric.number(Math.rint(t.abba() * 1e4) / 1e4),
                      Metric.number(Math.rint(t.sequential() * 1e4) / 1e4),
                      Units.decimal(t.detectablePercent(), 2)))));
    }
    return out.toString();
  }

  /** What the rates were computed from: a row for each run of each cell, in order. */
  public static String runsCsv(Map<Cell, double[]> series) {
    StringBuilder out = new StringBuilder(ResultFolder.line(RUNS_COLUMNS));
    series.forEach((c, times) -> {
      for (int i = 0; i < times.length; i++) {
        out.append(
            ResultFolder.line(
                Cell.row(
                    List.of(),
                    c.values().subList(0, 5),
                    List.of(Integer.toString(i + 1), Metric.number(times[i])))));
      }
    });
    return out.toString();
  }

  /** What {@code aa} prints. */
  public static String text(List<AaTrials> all) {
    Table table = new Table("strategy", "backing", "A B, B A", "A.. B..", "detectable");
    ShortNames names = ShortNames.of(all.stream().map(t -> t.cell().strategy()).toList());
    for (AaTrials t : all) {
      table.row(
          names.of(t.cell().strategy()),
          t.cell().backing(),
          percent(t.abba()),
          percent(t.sequential()),
          Units.decimal(t.detectablePercent(), 1) + " %");
    }
    table.row(
        "all",
        "",
        percent(mean(all, AaTrials::abba)),
        percent(mean(all, AaTrials::sequential)),
        "-");
    int pairs = all.get(0).pairs();
    return "False alarms of "
        + all.get(0).trials()
        + " comparisons of a build with itself, "
        + pairs
        + " pairs each, 5 % expected:\nin ABBA pairs by signed rank, and first all of A, then all of B"
        + " by Mann-Whitney;\nand the change that ABBA pairs find four times out of five.\n\n"
        + table
        + names.legend();
  }

  private static double mean(List<AaTrials> all, ToDoubleFunction<AaTrials> of) {
    return all.stream().mapToDouble(of).average().orElse(Double.NaN);
  }

  private static String percent(double rate) {
    return Units.decimal(100 * rate, 1) + " %";
  }

  /** Times of every live cell in the order of the runs: one, the median, for each run. */
  public static List<AaTrials> of(Map<Cell, double[]> series, int pairs) {
    return series.entrySet().stream()
        .filter(e -> e.getValue().length >= 2 * pairs)
        .map(e -> of(e.getKey(), e.getValue(), pairs))
        .toList();
  }
}
