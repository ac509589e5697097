// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import gmembench.Plugins;
import gmembench.result.Results;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every chart that a results folder has the data for. */
public final class Charts {
  private Charts() {}

  /** In the order of the report. */
  public static List<Chart> of(Path folder) {
    return byHeading(Results.one(folder)).values().stream().flatMap(List::stream).toList();
  }

  /** The parts of the report that are not empty. */
  static Map<String, List<Chart>> byHeading(Results results) {
    Map<String, List<Chart>> parts = new LinkedHashMap<>();
    Plugins.all(ChartKind.class).stream()
        .sorted(Comparator.comparingInt(ChartKind::order))
        .forEach(kind ->
            parts.computeIfAbsent(kind.heading(), h -> new ArrayList<>()).addAll(kind.of(results)));
    parts.values().removeIf(List::isEmpty);
    return parts;
  }
}
