// SPDX-License-Identifier: Apache-2.0
package gmembench.table;

import module java.base;

import gmembench.Units;
import gmembench.result.Declared;
import gmembench.result.Interval;
import gmembench.result.Repetition;
import gmembench.result.Samples;

/** What {@code micro} prints: a row a workload, a column a tracker. */
public final class MicroTable {
  private static final String BASE = "bitmap";

  private final Map<String, Map<String, List<Repetition>>> rows = new LinkedHashMap<>();
  private final Set<String> trackers = new LinkedHashSet<>();

  private MicroTable(Samples samples) {
    Map<String, Boolean> names = new TreeMap<>();
    for (Repetition e : samples.entries()) {
      if (e.has("ns_per_op")) {
        names.put(e.cell().tracker(), true);
        rows.computeIfAbsent(e.cell().workload(), w -> new LinkedHashMap<>())
            .computeIfAbsent(e.cell().tracker(), t -> new ArrayList<>())
            .add(e);
      }
    }
    trackers.addAll(names.keySet());
  }

  /** One cell of a table, from the entries of a tracker and those of the bitmap. */
  private interface Of {
    String text(List<Repetition> entries, List<Repetition> base);
  }

  public static String of(Samples samples) {
    MicroTable table = new MicroTable(samples);
    String times = table.text("ns an operation", (e, base) -> Units.decimal(median(e), 2));
    String ratios =
        table.trackers.contains(BASE) && table.trackers.size() > 1
            ? table.text("times bitmap", MicroTable::ratio)
            : "";
    return times
        + "\n"
        + ratios
        + (ratios.isEmpty() ? "" : "\n")
        + table.text("bytes in the kernel", (e, base) -> kernelBytes(e.get(0)))
        + "\n";
  }

  private String text(String title, Of of) {
    List<String> heading = new ArrayList<>(List.of(title));
    heading.addAll(trackers);
    Table table = new Table(heading.toArray(String[]::new));
    rows.forEach((workload, byTracker) -> {
      List<String> cells = new ArrayList<>(List.of(workload));
      for (String tracker : trackers) {
        List<Repetition> entries = byTracker.getOrDefault(tracker, List.of());
        List<Repetition> base = byTracker.getOrDefault(BASE, List.of());
        cells.add(entries.isEmpty() ? "-" : of.text(entries, base));
      }
      table.row(cells.toArray(String[]::new));
    });
    return table.toString();
  }

  private static double median(List<Repetition> entries) {
    return Interval.ofMedian(entries.stream().mapToDouble(e -> e.number("ns_per_op")).toArray())
        .median();
  }

  private static String kernelBytes(Repetition e) {
    return e.has(Declared.TRACKER_KERNEL_BYTES)
        ? Units.size((long) e.number(Declared.TRACKER_KERNEL_BYTES))
        : "-";
  }

  /** Compares repetitions in pairs: those of a round are near each other in time. */
  private static String ratio(List<Repetition> entries, List<Repetition> base) {
    int n = Math.min(entries.size(), base.size());
    if (n == 0) {
      return "-";
    }
    double[] ratios = new double[n];
    for (int i = 0; i < n; i++) {
      ratios[i] = entries.get(i).number("ns_per_op") / base.get(i).number("ns_per_op");
    }
    return Units.decimal(Interval.ofMedian(ratios).median(), 2);
  }
}
