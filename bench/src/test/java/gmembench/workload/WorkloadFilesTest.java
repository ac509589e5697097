// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.TomlFile;
import gmembench.trace.TraceBounds;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The workloads and suites that are shipped. */
class WorkloadFilesTest {
  private static final Path FOLDER = Checkout.path("workloads");
  private static final long MOST_EVENTS = 2_000_000;

  static List<Path> workloads() throws IOException {
    return tomlFiles(FOLDER);
  }

  static List<Path> suites() throws IOException {
    return tomlFiles(FOLDER.resolve("suites"));
  }

  private static List<Path> tomlFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".toml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("workloads")
  void isDescribedAndHasEvents(Path file) throws IOException {
    Workload workload = WorkloadFile.read(file);
    String readme = Files.readString(FOLDER.resolve("README.md"));
    assertThat(readme).contains("| `" + workload.name() + "` | " + workload.why() + " |");
    if (!workload.name().equals("endurance")) {
      TraceBounds bounds = TraceBounds.of(workload.trace());
      assertThat(bounds.events()).isBetween(20L, MOST_EVENTS);
      assertThat(bounds.endGfn()).isLessThanOrEqualTo(workload.guest().pages());
      assertThat(bounds.vcpus()).isLessThanOrEqualTo(workload.guest().vcpus());
    }
  }

  @ParameterizedTest
  @MethodSource("suites")
  void suiteNamesWorkloadsThatExist(Path file) {
    List<String> names = TomlFile.read(file).strings("workloads");
    assertThat(names).isNotEmpty();
    for (String name : names) {
      assertThat(FOLDER.resolve(name + ".toml")).exists();
    }
  }
}
