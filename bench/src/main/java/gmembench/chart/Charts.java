// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import gmembench.Plugins;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Repetition;
import gmembench.result.Results;

/** Every chart that a results folder has the data for. */
public final class Charts {
  /** Here, since whoever asks Chart for anything has fonts unpacked. */
  public static final List<String> FORMATS = List.of("svg", "png");

  private Charts() {}

  /** In the order of the report. */
  public static List<Chart> of(Results results) {
    return byHeading(results).values().stream().flatMap(List::stream).toList();
  }

  /**
   * Repetitions of one kind of engine or all that have a time, by what strategies are compared
   * within, and by strategy.
   */
  static Map<Cell, Map<String, List<Repetition>>> blocks(Results results, Predicate<Cell> wanted) {
    Map<Cell, Map<String, List<Repetition>>> blocks = new LinkedHashMap<>();
    for (Repetition entry : results.samples().entries()) {
      if (entry.has(Declared.TOTAL_NS) && wanted.test(entry.cell())) {
        blocks
            .computeIfAbsent(entry.cell().block(), b -> new LinkedHashMap<>())
            .computeIfAbsent(entry.cell().strategy(), s -> new ArrayList<>())
            .add(entry);
      }
    }
    return blocks;
  }

  /** {@code no memory.csv in DIR, so no charts: memory}; empty if all is there. */
  public static String lacking(Results results) {
    Map<String, List<String>> kinds = new TreeMap<>();
    for (ChartKind kind : Plugins.all(ChartKind.class)) {
      if (!isThere(kind, results)) {
        kinds.computeIfAbsent(kind.file(), f -> new ArrayList<>()).add(kind.name());
      }
    }
    return kinds.isEmpty()
        ? ""
        : "no "
            + String.join(", ", kinds.keySet())
            + " in "
            + results.folder()
            + ", so no charts: "
            + kinds.values().stream().flatMap(List::stream).collect(Collectors.joining(", "));
  }

  private static boolean isThere(ChartKind kind, Results results) {
    return kind.file().isEmpty() || Files.exists(results.folder().resolve(kind.file()));
  }

  /** The parts of the report that are not empty. */
  static Map<String, List<Chart>> byHeading(Results results) {
    List<ChartKind> kinds =
        Plugins.all(ChartKind.class).stream()
            .filter(kind -> isThere(kind, results))
            .sorted(Comparator.comparingInt(kind -> kind.part().order()))
            .toList();
    // each reads a file of its own, which is half of the work
    List<List<Chart>> charts = kinds.parallelStream().map(kind -> kind.of(results)).toList();
    Map<String, List<Chart>> parts = new LinkedHashMap<>();
    for (int i = 0; i < kinds.size(); i++) {
      String heading = kinds.get(i).part().heading();
      parts.computeIfAbsent(heading, h -> new ArrayList<>()).addAll(charts.get(i));
    }
    parts.values().removeIf(List::isEmpty);
    return parts;
  }
}
