// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import module java.base;

import gmembench.result.Cell;
import gmembench.result.Repetition;
import gmembench.result.ResultFolder;
import gmembench.result.Samples;
import gmembench.result.Summary;
import gmembench.result.WrittenMetrics;

/** Results of one live cell, as one run of a pair leaves them behind. */
final class PairedFolders {
  private PairedFolders() {}

  static void write(Path path, String strategy, String run, long... totalNs) {
    Cell cell = new Cell("live", "ovmf-boot", strategy, "memfd", "bitmap", "");
    try (ResultFolder folder = ResultFolder.create(path, run)) {
      folder.environment(Map.of("host", "lab1", "kernel", "6.18.0", "commit", "a"));
      int rep = 0;
      for (long total : totalNs) {
        Map<String, String> metrics = new LinkedHashMap<>();
        metrics.put("total_ns", Long.toString(total));
        metrics.put("state_hash", "0x1");
        folder.add(Repetition.of(cell, ++rep, WrittenMetrics.of(metrics), Map.of(), List.of()));
      }
      folder.replace("summary.csv", Summary.csv(Samples.read(path)));
    }
  }
}
