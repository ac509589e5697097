// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotsCommandTest {
  @TempDir Path folder;

  private Path workload(String name, String guest, String file, String... slots)
      throws IOException {
    StringBuilder text = new StringBuilder("# Why.\nguest = \"" + guest + "\"\n");
    text.append("file = \"" + file + "\"\n[source]\npattern = \"launch\"\n");
    for (String slot : slots) {
      String[] parts = slot.split(" ", -1);
      text.append("[[slot]]\ngpa = \"" + parts[0] + "\"\nsize = \"" + parts[1] + "\"\n");
      text.append("offset = \"" + parts[2] + "\"\n");
    }
    return Files.writeString(folder.resolve(name + ".toml"), text);
  }

  private static String slots(String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = "slots";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    InProcess run = InProcess.gmembench(command);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines()).allMatch(l -> l.length() <= 80);
    return run.out();
  }

  @Test
  void qemusSplit() throws IOException {
    Golden.check("slots-qemu-split.txt", slots("qemu-split"));
  }

  /** The layouts that were discussed on the list. */
  @Test
  void theThreadsExamples() throws IOException {
    Path misaligned = workload("gpa-2m-offset-1m", "2MiB", "4MiB", "2M 2M 1M");
    Path odd = workload("offset-0x4000", "1GiB", "2GiB", "0 1G 0x4000");
    Path tiny = workload("4k-on-1g-pages", "4KiB", "1GiB", "0 4K 0");
    Path moved = workload("moved", "1GiB", "0x40200000", "1G 1G 2M");
    String all =
        slots(misaligned.toString())
            + "\n"
            + slots(odd.toString())
            + "\n"
            + slots(tiny.toString())
            + "\n"
            + slots(moved.toString(), "--rule", "largest-page-of-size", "--pages", "4K,2M")
            + "\n"
            + slots(moved.toString(), "--rule", "largest-page-of-size")
            + "\n"
            + slots(odd.toString(), "--rule", "current-page,folio-order", "--bound-at", "4K");
    Golden.check("slots-thread.txt", all);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "slots                                | Missing required parameter: 'WORKLOAD'",
        "slots nothing                        | nothing: unknown workload, expected a .toml file",
        "slots ovmf-boot --rule none          | none: unknown alignment rule 'none', expected one of current-page",
        "slots ovmf-boot --pages 4K           | --pages: '4K', expected the host's own page and",
        "slots ovmf-boot --file-page 64K      | --file-page: '64K', expected one of --pages",
        "slots ovmf-boot --bound-at x         | --bound-at: 'x', expected ",
        "slots ovmf-boot --pages 4K,2M,1M     | --pages: '4K,2M,1M', expected powers of two",
      })
  void badUsageIsOneLine(String command, String message) {
    InProcess run = InProcess.gmembench(command.strip().split(" ", -1));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().strip()).contains(message).doesNotContain("\n");
  }

  @Test
  void badSlotsNameFileAndLine() throws IOException {
    Path bad = workload("bad", "8KiB", "8KiB", "0 4K 0", "0 4K 4K");
    InProcess run = InProcess.gmembench("slots", bad.toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().strip())
        .isEqualTo(
            bad
                + ":10: slot 0x0..0x1000 overlaps the slot 0x0..0x1000, expected slots apart from"
                + " each other");
  }
}
