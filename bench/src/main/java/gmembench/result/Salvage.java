// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

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
  static void files(ResultFolder folder, Samples finished) throws IOException {
    Salvage salvage = new Salvage(finished);
    Path path = folder.path();
    folder.replace("samples.csv", samples(lines(path.resolve("samples.csv"))));
    folder.replace("memory.csv", salvage.memory(lines(path.resolve("memory.csv"))));
    folder.replace("latency.hlog", salvage.latency(lines(path.resolve("latency.hlog"))));
  }

  /** Lines that were written to their end; none of ours holds a line feed. */
  private static List<String> lines(Path file) throws IOException {
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }

  private static String text(List<String> lines) {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }

  /** A repetition is over with its state hash, or with the reason why there is none. */
  private static String samples(List<String> lines) {
    int end = lines.size();
    while (end > 1
        && lines.get(end - 1).contains(",ok,")
        && !lines.get(end - 1).contains("," + Declared.STATE_HASH.name() + ",")) {
      end--;
    }
    return text(lines.subList(0, end));
  }

  /** Points are written with the first repetition of a cell. */
  private String memory(List<String> lines) {
    List<String> kept = new ArrayList<>(lines.subList(0, Math.min(1, lines.size())));
    for (String line : lines.subList(kept.size(), lines.size())) {
      String path = String.join("/", List.of(line.split(",", -1)).subList(0, 6));
      if (finishedByPath.containsKey(path)) {
        kept.add(line);
      }
    }
    return text(kept);
  }

  /** As many histograms of a tag as its cell has repetitions, the first ones. */
  private String latency(List<String> lines) {
    Map<String, Long> seen = new HashMap<>();
    List<String> kept = new ArrayList<>();
    for (String line : lines) {
      if (!line.startsWith("Tag=")) {
        kept.add(line);
        continue;
      }
      String tag = line.substring("Tag=".length(), line.indexOf(','));
      String path = tag.substring(0, tag.lastIndexOf('/'));
      if (seen.merge(tag, 1L, Long::sum) <= finishedByPath.getOrDefault(path, 0L)) {
        kept.add(line);
      }
    }
    return text(kept);
  }
}
