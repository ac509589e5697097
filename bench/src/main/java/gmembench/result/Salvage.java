// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import org.apache.commons.csv.CSVRecord;

/**
 * Cuts the files of a killed run back to the repetitions that were finished, so that a resumed run
 * adds to them and nothing is in any file twice.
 */
final class Salvage {
  private final Map<String, Long> finishedByPath;

  private Salvage(Samples finished) {
    this.finishedByPath =
        finished.entries().stream()
            .filter(e -> e.rep() > 0)
            .collect(Collectors.groupingBy(e -> e.cell().path(), Collectors.counting()));
  }

  /** Rewrites samples.csv, memory.csv and latency.hlog of a folder. */
  static void files(ResultFolder folder, Samples finished) {
    Salvage salvage = new Salvage(finished);
    Path path = folder.path();
    folder.replace("samples.csv", samples(Samples.wholeLines(path.resolve("samples.csv"))));
    folder.replace(ResultFolder.MEMORY, salvage.memory(path.resolve(ResultFolder.MEMORY)));
    folder.replace(LatencyLog.FILE, salvage.latency(path));
  }

  private static String text(List<String> lines) {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  /**
   * A repetition is over with its state hash, or with the reason why there is none. None of our
   * lines holds a line feed.
   */
  private static String samples(String text) {
    List<String> lines = text.lines().toList();
    int end = lines.size();
    while (end > 1
        && lines.get(end - 1).contains(",ok,")
        && !lines.get(end - 1).contains("," + Declared.STATE_HASH.name() + ",")) {
      end--;
    }
    return text(lines.subList(0, end));
  }

  /** Points are written with the first repetition of a cell. */
  private String memory(Path file) {
    List<String> header = ResultFolder.MEMORY_COLUMNS;
    StringBuilder kept = new StringBuilder(ResultFolder.line(header));
    for (CSVRecord row : Environment.rows(file, Samples.wholeLines(file), header)) {
      if (finishedByPath.containsKey(Cell.of(file, row, 0).path())) {
        kept.append(ResultFolder.line(row.toList()));
      }
    }
    return kept.toString();
  }

  /** As many histograms of a tag as its cell has repetitions, the first ones. */
  private String latency(Path folder) {
    Map<String, Long> seen = new HashMap<>();
    List<String> kept = new ArrayList<>();
    for (LatencyLog line : LatencyLog.readWhole(folder)) {
      if (!line.isHistogram()
          || seen.merge(line.tag(), 1L, Long::sum)
              <= finishedByPath.getOrDefault(line.path(), 0L)) {
        kept.add(line.text());
      }
    }
    return text(kept);
  }
}
