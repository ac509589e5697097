// SPDX-License-Identifier: Apache-2.0
package gmembench.table;

import module java.base;

import gmembench.Ticks;
import gmembench.Units;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Environment;
import gmembench.result.Interval;
import gmembench.result.Metric;
import gmembench.result.ResultFolder;
import gmembench.result.Samples;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.statistics.descriptive.Median;

/** What the model predicted beside what was measured, for every cell that ran on both engines. */
public record Validation(List<Row> rows) {
  /** Half of the predictions are to be better than this. */
  public static final double TARGET = 0.10;

  /** The file that {@code validate} writes, and {@code plot} draws. */
  public static final String FILE = "validation.csv";

  private static final List<String> COLUMNS =
      Cell.row(
          List.of(),
          Cell.COLUMNS.subList(1, 6), // the model's, which needs no word
          List.of("predicted_ns", "measured_ns", "low_ns", "high_ns", "n"));

  /**
   * A cell on both engines.
   *
   * @param cell the model's
   * @param predictedNs total of the model's replay
   * @param measured totals of the live replays
   * @param totals these, by repetition; none if they were read from the file
   */
  public record Row(Cell cell, double predictedNs, Interval measured, List<Double> totals) {
    /** Predicted / measured - 1. */
    public double error() {
      return predictedNs / measured.median() - 1;
    }
  }

  /** Two strategies that differ when measured, in the other order when predicted. */
  public record Swap(Cell block, String faster, String slower) {}

  public static Validation of(Samples samples) {
    List<Row> rows = new ArrayList<>();
    for (Cell model : samples.cells()) {
      Cell live =
          new Cell(
              "live", model.workload(), model.strategy(), model.backing(), model.tracker(), "");
      double[] predicted = predicted(samples, model);
      double[] measured = samples.values(live, Declared.TOTAL_NS);
      if (model.isExact() && predicted.length > 0 && measured.length > 0) {
        List<Double> totals = Arrays.stream(measured).boxed().toList();
        rows.add(new Row(model, predicted[0], Interval.ofMedian(measured), totals));
      }
    }
    return new Validation(List.copyOf(rows));
  }

  /** Live, one thread does what the vCPUs do at a time on the model. */
  private static double[] predicted(Samples samples, Cell model) {
    double[] work = samples.values(model, Declared.WORK_NS);
    return work.length > 0 ? work : samples.values(model, Declared.TOTAL_NS);
  }

  /** Reads what {@link #csv} wrote. */
  public static Validation read(Path folder) {
    List<Row> rows = new ArrayList<>();
    Path file = folder.resolve(FILE);
    for (CSVRecord r : Environment.rows(file, COLUMNS)) {
      rows.add(
          new Row(
              new Cell("model", r.get(0), r.get(1), r.get(2), r.get(3), r.get(4)),
              Environment.decimal(file, r, 5),
              new Interval(
                  (int) Environment.whole(file, r, 9),
                  Environment.decimal(file, r, 6),
                  bound(file, r, 7),
                  bound(file, r, 8)),
              List.of()));
    }
    return new Validation(List.copyOf(rows));
  }

  private static double bound(Path file, CSVRecord row, int column) {
    return row.get(column).isEmpty() ? Double.NaN : Environment.decimal(file, row, column);
  }

  public String csv() {
    StringBuilder out = new StringBuilder(ResultFolder.line(COLUMNS));
    for (Row r : rows) {
      out.append(
          ResultFolder.line(
              Cell.row(
                  List.of(),
                  r.cell().values().subList(1, 6),
                  List.of(
                      Metric.number(r.predictedNs()),
                      Metric.number(r.measured().median()),
                      r.measured().isKnown() ? Metric.number(r.measured().low()) : "",
                      r.measured().isKnown() ? Metric.number(r.measured().high()) : "",
                      Integer.toString(r.measured().n())))));
    }
    return out.toString();
  }

  /** Half of the predictions are better than this; NaN if there are none. */
  public double medianError() {
    return medianError(rows);
  }

  private static double medianError(List<Row> rows) {
    return Median.withDefaults()
        .evaluate(rows.stream().mapToDouble(r -> Math.abs(r.error())).toArray());
  }

  /** Pairs of strategies on the same workload and backing of which one is surely faster. */
  public int pairsApart() {
    int apart = 0;
    for (List<Row> block : blocks().values()) {
      for (Row a : block) {
        for (Row b : block) {
          apart += isApart(a, b) ? 1 : 0;
        }
      }
    }
    return apart;
  }

  /** Those of them that are predicted in the other order. */
  public List<Swap> swaps() {
    List<Swap> swaps = new ArrayList<>();
    blocks()
        .forEach((block, of) -> {
          for (Row a : of) {
            for (Row b : of) {
              if (isApart(a, b) && a.predictedNs() >= b.predictedNs()) {
                swaps.add(new Swap(block, a.cell().strategy(), b.cell().strategy()));
              }
            }
          }
        });
    return swaps;
  }

  /**
   * Is a surely faster than b? Repetitions of the same number were measured one after the other, so
   * their ratio does not drift. With too few for an interval, a tenth is a difference.
   */
  private static boolean isApart(Row a, Row b) {
    int n = Math.min(a.totals().size(), b.totals().size());
    if (n == 0) {
      return false;
    }
    double[] ratios = new double[n];
    for (int i = 0; i < n; i++) {
      ratios[i] = a.totals().get(i) / b.totals().get(i);
    }
    Interval ratio = Interval.ofMedian(ratios);
    return ratio.isKnown() ? ratio.high() < 1 : ratio.median() * 1.1 < 1;
  }

  private Map<Cell, List<Row>> blocks() {
    Map<Cell, List<Row>> blocks = new LinkedHashMap<>();
    rows.forEach(r -> blocks.computeIfAbsent(r.cell().block(), b -> new ArrayList<>()).add(r));
    return blocks;
  }

  public boolean isGood() {
    return medianError() <= TARGET && swaps().isEmpty();
  }

  /** Every cell, then how good that is. */
  public String text(Ticks ticks) {
    ShortNames names = names();
    Table table =
        new Table(
            "workload",
            "backing",
            "strategy",
            "predicted " + ticks.unit(2),
            "measured " + ticks.unit(2),
            "95 %",
            "off");
    for (Row r : rows) {
      Interval m = r.measured();
      table.row(
          r.cell().workload(),
          names.of(r.cell().backing()),
          names.of(r.cell().strategy()),
          millis(r.predictedNs()),
          millis(m.median()),
          m.isKnown() ? millis(m.low()) + ".." + millis(m.high()) : "-",
          percent(r.error()));
    }
    return table + names.legend() + "\n" + verdict();
  }

  private ShortNames names() {
    return ShortNames.of(
        rows.stream().flatMap(r -> Stream.of(r.cell().backing(), r.cell().strategy())).toList());
  }

  private String verdict() {
    ShortNames names = names();
    Map<String, List<Row>> groups = new TreeMap<>();
    for (Row r : rows) {
      groups.computeIfAbsent(names.of(r.cell().backing()), k -> new ArrayList<>()).add(r);
      groups.computeIfAbsent(r.cell().strategyName(), k -> new ArrayList<>()).add(r);
    }
    Table table = new Table("absolute error", "median", "9 of 10 within", "most", "cells");
    groups.forEach((name, of) -> errors(table, name, of));
    errors(table, "all", rows);
    List<Swap> swaps = swaps();
    StringBuilder out = new StringBuilder(table.toString());
    out.append("\nOf ").append(pairsApart()).append(" pairs of strategies that differ when");
    out.append(" measured, ").append(swaps.size()).append(" are predicted in the other order.\n");
    for (Swap s : swaps) {
      out.append("  ").append(s.block().workload()).append(", ");
      out.append(names.of(s.block().backing()));
      out.append(": ").append(s.faster()).append(" is faster than ");
      out.append(s.slower()).append('\n');
    }
    out.append("Target, a median of at most ").append(Units.decimal(100 * TARGET, 0));
    out.append(" % and the same order: ").append(isGood() ? "met.\n" : "MISSED.\n");
    return out.toString();
  }

  private static void errors(Table table, String name, List<Row> rows) {
    double[] sorted = rows.stream().mapToDouble(r -> Math.abs(r.error())).sorted().toArray();
    int nine = (int) Math.ceil(0.9 * sorted.length) - 1;
    table.row(
        name,
        Units.decimal(100 * medianError(rows), 1) + " %",
        Units.decimal(100 * sorted[nine], 1) + " %",
        Units.decimal(100 * Arrays.stream(sorted).max().orElse(0), 1) + " %",
        Integer.toString(rows.size()));
  }

  private static String millis(double ns) {
    return Units.decimal(ns / 1e6, 2);
  }

  private static String percent(double share) {
    return (share >= 0.0005 ? "+" : "") + Units.decimal(100 * share, 1) + " %";
  }
}
