// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is recorded of others on the host, and when it is warned of. */
class HostLoadTest {
  /**
   * 1000 ticks in all before, of which 10 were stolen; 2000 and 60 after: 50 of 1000 are 5 %. Guest
   * time (the last two) is in user already.
   */
  @Test
  void stealIsItsShareOfTheRun() {
    HostLoad start = HostLoad.of("0.35 0.40 0.50 1/200 4711", "cpu  500 0 90 400 0 0 0 10 300 0");
    HostLoad end = HostLoad.of("1.20 0.40 0.50 1/200 4711", "cpu  900 0 140 900 0 0 0 60 500 0");
    assertThat(start.until(end))
        .isEqualTo(Map.of("load_1m", "0.35", "load_1m_end", "1.20", "steal_percent", "5.00"));
    assertThat(start.until(start)).containsEntry("steal_percent", "0.00");
    assertThat(HostLoad.of("", "")).isEqualTo(new HostLoad(0, 0, 0));
  }

  @Test
  void thisHostHasTicks() {
    assertThat(HostLoad.now().allTicks()).isPositive();
  }

  /**
   * One thread may be the last run's own; of the CPUs a quarter may be busy with something else.
   */
  @ParameterizedTest
  @CsvSource({
    "2, 1.50, 0.9, 0",
    "2, 1.51, 0, 1",
    "64, 16, 0, 0",
    "64, 18, 1.1, 2",
    "'', '', '', 0"
  })
  void disturbancesAreWarnedOf(String cpus, String load, String steal, int warnings) {
    Map<String, String> facts = Map.of("cpus", cpus, "load_1m", load, "steal_percent", steal);
    assertThat(HostLoad.warnings(new Environment(facts))).hasSize(warnings);
  }

  /** Busier than then, and busy at all: a load of 1.2 on an idle host of 2 CPUs is its own. */
  @ParameterizedTest
  @CsvSource({
    "1.4, 0, 0, 0, false",
    "3, 0, 0, 0, true",
    "3, 0, 2.5, 0, false",
    "3, 2, 2.5, 1, true"
  })
  void moreThanWhenAaRan(String load, String steal, String then, String stealThen, boolean busier) {
    Environment now = new Environment(Map.of("cpus", "2", "load_1m", load, "steal_percent", steal));
    Environment aa = new Environment(Map.of("load_1m", then, "steal_percent", stealThen));
    assertThat(HostLoad.isBusier(now, aa)).isEqualTo(busier);
  }

  /** As one side of a comparison, and joined from shards. */
  @Test
  void ofSeveralRunsTheWorstCounts(@TempDir Path folder) {
    for (String load : List.of("0.10", "10.00", "9.00")) {
      try (ResultFolder run = ResultFolder.create(folder.resolve(load), load)) {
        run.environment(Map.of("load_1m", load, "cpus", load));
      }
    }
    Results all = Results.read(folder);
    assertThat(all.env().facts()).containsEntry("load_1m", "10.00").containsEntry("cpus", "0.10");
    Map<Path, Environment> shards = new LinkedHashMap<>();
    for (String load : List.of("0.10", "10.00", "9.00")) {
      shards.put(Path.of(load), new Environment(Map.of("load_1m", load, "hugepages_2m_free", "0")));
    }
    assertThat(new MergedFacts(List.of()).of(shards))
        .containsEntry("load_1m", "10.00")
        .containsEntry("hugepages_2m_free", "0");
  }
}
