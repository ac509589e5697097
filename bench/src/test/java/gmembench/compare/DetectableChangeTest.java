// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.result.Environment;
import gmembench.result.ResultFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which of several hosts' floors is this host's. */
class DetectableChangeTest {
  private static final Map<String, String> HERE =
      Map.of("host", "vm", "cpu", "Xeon", "kernel", "6.18", "cmdline", "quiet", "memory_kib", "9");

  @TempDir Path results;

  private static Environment with(String key, String value) {
    Map<String, String> facts = new LinkedHashMap<>(HERE);
    facts.put(key, value);
    return new Environment(facts);
  }

  @BeforeEach
  void twoHostsOfOneName() throws IOException {
    write("aa/vm", HERE);
    write("aa/other", with("cpu", "EPYC").facts());
    Files.writeString(Files.createDirectories(results.resolve("aa/bare")).resolve("aa.csv"), "");
  }

  private void write(String folder, Map<String, String> facts) throws IOException {
    Path path = Files.createDirectories(results.resolve(folder));
    Files.writeString(path.resolve("aa.csv"), ResultFolder.line(DetectableChange.COLUMNS));
    Files.writeString(path.resolve("env.csv"), ResultFolder.environmentCsv(facts));
  }

  @Test
  void aHostIsKnownByWhatItIs() {
    assertThat(DetectableChange.find(results, new Environment(HERE)))
        .contains(results.resolve("aa/vm/aa.csv"));
    assertThat(DetectableChange.find(results, with("cpu", "EPYC")))
        .contains(results.resolve("aa/other/aa.csv"));
    assertThat(DetectableChange.find(results, with("host", "renamed")))
        .contains(results.resolve("aa/vm/aa.csv"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "kernel", "cmdline", "memory_kib"})
  void anyOfTheFourMakesItAnother(String key) {
    assertThat(DetectableChange.find(results, with(key, "7"))).isEmpty();
    assertThat(DetectableChange.otherHost(results.resolve("aa/vm/aa.csv"), with(key, "7")))
        .startsWith(key + " '");
  }

  @Test
  void whereThereAreNoResultsNothingIsFound() {
    assertThat(DetectableChange.find(results.resolve("none"), new Environment(HERE))).isEmpty();
  }
}
