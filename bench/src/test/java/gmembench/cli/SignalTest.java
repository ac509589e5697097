// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.result.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A signal in the middle of a run, for real. */
class SignalTest {
  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void whatIsFinishedIsKept(String signal, int code) throws IOException, InterruptedException {
    Path out = temp.resolve("out");
    Process run =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin/java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-Dgmembench.home=" + System.getProperty("gmembench.home"),
                    "-cp",
                    System.getProperty("java.class.path"),
                    "gmembench.Main",
                    "run",
                    "ovmf-boot",
                    "--reps",
                    "100000",
                    "--out",
                    out.toString()))
            .redirectErrorStream(true)
            .redirectOutput(temp.resolve("log").toFile())
            .start();
    try {
      waitFor(out.resolve("samples.csv"), 60_000);
      new ProcessBuilder("kill", "-" + signal, Long.toString(run.pid())).start().waitFor();
      assertThat(run.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      run.destroyForcibly();
    }
    assertThat(run.exitValue()).isEqualTo(code);
    String rows = Files.readString(out.resolve("samples.csv"));
    assertThat(rows).endsWith("\n");
    assertThat(rows.lines().toList().getLast()).contains(",state_hash,0x");
    assertThat(Samples.read(out).entries()).hasSizeGreaterThan(20);
    assertThat(out.resolve("env.csv")).isNotEmptyFile();
    assertThat(Files.readString(temp.resolve("log"))).doesNotContain("Exception");
  }

  private static void waitFor(Path file, long bytes) throws IOException, InterruptedException {
    for (int i = 0; i < 600; i++) {
      if (Files.exists(file) && Files.size(file) > bytes) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError(file + " does not grow");
  }
}
