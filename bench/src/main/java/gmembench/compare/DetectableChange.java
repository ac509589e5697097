// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import module java.base;

import gmembench.InputException;
import gmembench.Units;
import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.Fact;
import org.apache.commons.csv.CSVRecord;

/**
 * What {@code aa} found on a host: the smallest change that it can tell from none, in percent, by
 * cell; where a cell was not measured, the largest of its engine.
 *
 * @param otherwisePercent what it is where nothing of the engine was measured
 * @param note what a reader must know of it, or empty
 */
public record DetectableChange(Map<Cell, Double> byCell, double otherwisePercent, String note) {
  /** For what has no noise to speak of, such as counted instructions. */
  public static final DetectableChange NONE = new DetectableChange(Map.of(), 0, "");

  private static final double FACTOR_OF_TWO = 100;

  public static final DetectableChange UNKNOWN =
      new DetectableChange(
          Map.of(),
          FACTOR_OF_TWO,
          "no aa.csv of this host (CPU, kernel, command line, memory): measured changes count from"
              + " twice or half; gmembench aa finds out what this host can tell");

  /** A name is no host: many are called {@code vm}. */
  private static final List<Fact> HOST =
      List.of(Fact.CPU, Fact.KERNEL, Fact.CMDLINE, Fact.MEMORY_KIB);

  static final List<String> COLUMNS =
      Cell.row(
          List.of(),
          AaTrials.LIVE_COLUMNS,
          List.of(
              "pairs",
              "trials",
              "false_alarms_abba",
              "false_alarms_sequential",
              "detectable_percent"));

  /** Reads an aa.csv. */
  public static DetectableChange read(Path file) {
    Map<Cell, Double> byCell = new HashMap<>();
    int line = 1;
    for (CSVRecord row : Environment.rows(file, COLUMNS)) {
      line++;
      Cell cell = new Cell(row.get(0), row.get(1), row.get(2), row.get(3), row.get(4), "");
      byCell.put(cell, percent(file, line, row.get(9)));
    }
    return new DetectableChange(byCell, FACTOR_OF_TWO, "");
  }

  /** What a host can tell while it is busier than it was when {@code aa} ran. */
  public DetectableChange whileBusy() {
    Map<Cell, Double> larger = new HashMap<>(byCell);
    larger.replaceAll((cell, percent) -> Math.max(percent, FACTOR_OF_TWO));
    return new DetectableChange(
        larger,
        FACTOR_OF_TWO,
        "this host was busier than when aa ran: measured changes count from twice or half");
  }

  private static double percent(Path file, int line, String text) {
    try {
      double percent = Double.parseDouble(text);
      if (percent >= 0) {
        return percent;
      }
    } catch (NumberFormatException e) {
      // said below, with what is no number
    }
    throw new InputException(
        file.toString(), line, "detectable_percent '" + text + "'", "a number from 0");
  }

  /** Why the env.csv beside an aa.csv is not of this host, or empty if it is. */
  public static String otherHost(Path file, Environment host) {
    Environment of = Environment.read(file.resolveSibling(""));
    return HOST.stream()
        .map(Fact::key)
        .filter(key -> !of.get(key).equals(host.get(key)))
        .findFirst()
        .map(key -> key + " '" + of.get(key) + "' is not '" + host.get(key) + "'")
        .orElse("");
  }

  /** The aa.csv of a host in {@code results/SUITE/HOST/}, if there is one. */
  public static Optional<Path> find(Path results, Environment host) {
    try (Stream<Path> files = Files.walk(results, 3)) {
      return files
          .filter(f -> f.endsWith("aa.csv") && Files.exists(f.resolveSibling("env.csv")))
          .sorted()
          .filter(f -> otherHost(f, host).isEmpty())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty(); // a distribution has none
    }
  }

  /** What both of two hosts can tell. */
  public DetectableChange and(DetectableChange other) {
    Map<Cell, Double> larger = new HashMap<>();
    byCell.keySet().forEach(c -> larger.put(c, Math.max(percent(c), other.percent(c))));
    other.byCell.keySet().forEach(c -> larger.put(c, Math.max(percent(c), other.percent(c))));
    return new DetectableChange(
        larger,
        Math.max(otherwisePercent, other.otherwisePercent),
        note.isEmpty() ? other.note : note);
  }

  double percent(Cell cell) {
    return cell.isLive() ? byCell.getOrDefault(cell, largest(cell.engine())) : 0;
  }

  private double largest(String engine) {
    return byCell.entrySet().stream()
        .filter(e -> e.getKey().engine().equals(engine))
        .mapToDouble(Map.Entry::getValue)
        .max()
        .orElse(otherwisePercent);
  }

  /** Why a change of a cell is no finding, or empty: a third less counts as half more does. */
  String tooSmall(Cell cell, double ratio) {
    double percent = percent(cell);
    return Math.abs(Math.log(ratio)) >= Math.log1p(percent / 100)
        ? ""
        : "below the floor of " + Units.decimal(percent, 1) + " %";
  }
}
