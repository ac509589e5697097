// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.InputException;
import gmembench.guest.Guest;
import gmembench.trace.TraceFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadFileTest {
  private static final String GOOD =
      """
      # Why it exists. More.
      guest = "16MiB"
      vcpus = 2
      [source]
      trace = "t.csv"
      """;

  @TempDir Path folder;

  @BeforeEach
  void trace() throws IOException {
    Files.writeString(folder.resolve("t.csv"), TraceFile.HEADER + "\n0,0,to_shared,1,1\n");
  }

  private Path file(String content) throws IOException {
    return Files.writeString(folder.resolve("w.toml"), content);
  }

  @Test
  void readsAll() throws IOException {
    Workload w =
        WorkloadFile.read(
            file(
                GOOD
                    + """
                    [boot]
                    base_s = 32.5
                    source = "a mail"
                    published_s.snp = 32
                    """));
    assertThat(w.name()).isEqualTo("w");
    assertThat(w.why()).isEqualTo("Why it exists");
    assertThat(w.guest()).isEqualTo(new Guest(4096, 2));
    Workload.Boot boot = Objects.requireNonNull(w.boot());
    assertThat(boot.baseNs()).isEqualTo(32_500_000_000L);
    assertThat(boot.publishedNs()).containsEntry("snp", 32_000_000_000L);
  }

  @Test
  void hashIsOfTheTraceToo() throws IOException {
    String before = WorkloadFile.read(file(GOOD)).hash();
    assertThat(WorkloadFile.read(file(GOOD)).hash()).isEqualTo(before);
    Files.writeString(folder.resolve("t.csv"), TraceFile.HEADER + "\n0,0,to_shared,2,1\n");
    assertThat(WorkloadFile.read(file(GOOD)).hash()).isNotEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "guest = \"16MiB\"    | guest = \"16MB\"         | :2: '16MB', expected a size",
        "guest = \"16MiB\"    | guest = \"5000\"         | :2: guest = \"5000\", expected whole pages",
        "guest = \"16MiB\"    | guest = 16               | :2: guest = 16, expected a string",
        "guest = \"16MiB\"    | guest = \"0\"            | :2: guest = \"0\", expected whole pages",
        "guest = \"16MiB\"    | ''                       | :1: no guest",
        "vcpus = 2            | vcpus = 0                | :3: vcpus = 0, expected at least 1",
        "vcpus = 2            | vcpus = 99999            | :3: vcpus = 99999, expected at most 4096",
        "vcpus = 2            | vcpu = 2                 | :3: unknown key 'vcpu', expected one of",
        "vcpus = 2            | vcpus = 2 2              | :3: ",
        "vcpus = 2            | slots.x = 1              | :3: unknown key 'slots.x'",
        "trace = \"t.csv\"    | trace = \"none.csv\"     | :5: no trace ",
        "trace = \"t.csv\"    | pattern = \"none\"       | :5: unknown pattern 'none'",
        "trace = \"t.csv\"    | 'trace = \"t.csv\"\nx=1' | :6: unknown key 'source.x'",
        "# Why it exists. More. | ''                     | :1: no header comment",
        "[source]             | [source                  | :4: ",
        "[source]             | [\"a b\"]                | ",
      })
  void namesTheLine(String old, String by, String message) throws IOException {
    Path file = file(GOOD.replace(old, by));
    assertThatThrownBy(() -> WorkloadFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message == null ? "" : message)
        .hasMessageContaining(", expected ");
  }
}
