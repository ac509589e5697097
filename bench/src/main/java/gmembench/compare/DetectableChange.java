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
 */
public record DetectableChange(Map<Cell, Double> byCell, double otherwisePercent) {
  /** Of what has no noise to speak of, such as counted instructions. */
  public static final DetectableChange NONE = new DetectableChange(Map.of(), 0);

  /** Twice or half: more than the change that {@code aa} found detectable on most loaded hosts. */
  public static final DetectableChange UNKNOWN = new DetectableChange(Map.of(), 100);

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
    return new DetectableChange(byCell, UNKNOWN.otherwisePercent);
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
    return difference(of, host)
        .map(key -> key + " '" + of.get(key) + "' is not '" + host.get(key) + "'")
        .orElse("");
  }

  public static boolean isSameHost(Environment one, Environment other) {
    return difference(one, other).isEmpty();
  }

  private static Optional<String> difference(Environment one, Environment other) {
    return HOST.stream()
        .map(Fact::key)
        .filter(key -> !one.get(key).equals(other.get(key)))
        .findFirst();
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
    return new DetectableChange(larger, Math.max(otherwisePercent, other.otherwisePercent));
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
