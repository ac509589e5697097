// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.NotComparableException;
import gmembench.result.Repetition.MemoryPoint;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a killed run, byte by byte, and what a merge takes for whole. */
class ResumeTest {
  private static final List<String> FILES = List.of("samples.csv", "memory.csv", "latency.hlog");
  private static final Cell FIRST = new Cell("live", "w", "snp", "memfd", "bitmap", "");
  private static final Cell SECOND = new Cell("live", "w", "eager", "memfd", "bitmap", "");

  @TempDir Path temp;

  private static Repetition repetition(Cell cell, int rep) {
    Metrics metrics = new Metrics();
    metrics.put(Declared.TOTAL_NS, 10 + rep);
    metrics.put(Declared.STATE_HASH, "0x1");
    Map<String, Histogram> latencies = new LinkedHashMap<>();
    for (String what : List.of("convert", "touch")) {
      Histogram histogram = new Histogram(3);
      histogram.recordValue(100L * rep);
      latencies.put(what, histogram);
    }
    List<MemoryPoint> points = List.of(new MemoryPoint(0, 4096, 0, 0, 64, -1, -1));
    return Repetition.of(cell, rep, metrics, latencies, rep == 1 ? points : List.of());
  }

  private List<String> contents(Path folder) throws IOException {
    List<String> all = new ArrayList<>();
    for (String file : FILES) {
      all.add(Files.readString(folder.resolve(file)));
    }
    return all;
  }

  private static void add(ResultFolder folder, Repetition... all) {
    for (Repetition each : all) {
      folder.add(each);
    }
  }

  /**
   * A repetition's samples are written last. So when a run is killed before they are, its
   * histograms and points are there already: those of the second repetition of one cell, and of the
   * first of another.
   */
  @Test
  void whatAKilledRunHadNotFinishedIsCutOffEverywhere() throws IOException {
    Path whole = temp.resolve("whole");
    try (ResultFolder folder = ResultFolder.create(whole, "1")) {
      add(folder, repetition(FIRST, 1), repetition(FIRST, 2), repetition(SECOND, 1));
    }
    Path killed = temp.resolve("killed");
    try (ResultFolder folder = ResultFolder.create(killed, "1")) {
      add(folder, repetition(FIRST, 1));
    }
    List<String> finished = contents(killed);
    for (String file : FILES.subList(1, 3)) {
      Files.copy(whole.resolve(file), killed.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    try (ResultFolder folder = ResultFolder.resume(killed, "1", () -> {})) {
      assertThat(contents(killed)).isEqualTo(finished);
      add(folder, repetition(FIRST, 2), repetition(SECOND, 1));
    }
    assertThat(contents(killed)).isEqualTo(contents(whole));
  }

  /** Two of three repetitions are there: that is not all, and it is said which and how many. */
  @Test
  void aCellWithARepetitionTooFewIsNotMerged() throws IOException {
    for (int reps = 2; reps <= 3; reps++) {
      Path shard = temp.resolve("shard" + reps);
      try (ResultFolder folder = ResultFolder.create(shard, "1")) {
        folder.plan(List.of(new PlannedCell(1, FIRST, 3), new PlannedCell(1, SECOND, 3)));
        folder.environment(Map.of("shard", "1/1"));
        for (int rep = 1; rep <= 3; rep++) {
          add(folder, repetition(FIRST, rep));
        }
        for (int rep = 1; rep <= reps; rep++) {
          add(folder, repetition(SECOND, rep));
        }
      }
    }
    Path out = temp.resolve("out");
    assertThatThrownBy(() -> Merge.of(List.of(temp.resolve("shard2")), out))
        .isInstanceOf(NotComparableException.class)
        .hasMessageContaining("1 cells are not complete")
        .hasMessageContaining(SECOND.path() + " with 2 of 3 repetitions");
    assertThat(out).doesNotExist();
    assertThat(Merge.of(List.of(temp.resolve("shard3")), out).entries()).hasSize(6);
  }
}
