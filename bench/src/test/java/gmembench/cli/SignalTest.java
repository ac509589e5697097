// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.result.Repetition.Status;
import gmembench.result.Samples;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A signal in the middle of a run, for real. */
@Tag("slow")
class SignalTest {
  private static final String TWO = "--strategy snp,eager-punch-hole";

  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource({"INT,130", "TERM,143"})
  void whatIsFinishedIsKept(String signal, int code) throws IOException, InterruptedException {
    Path out = temp.resolve("out");
    Process run = start(("run ovmf-boot-stub --reps 100000 " + TWO + " --out " + out).split(" "));
    try {
      waitFor(out.resolve("samples.csv"), 60_000);
      OwnJvm.signal(run, signal);
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

  /** Killed without warning, resumed, and the same cells as of a run that was left alone. */
  @Test
  void aKilledRunIsResumed() throws IOException, InterruptedException {
    Path out = temp.resolve("out");
    String[] run = ("run ovmf-boot-stub --reps 40 " + TWO + " --out " + out).split(" ");
    Process process = start(run);
    waitFor(out.resolve("samples.csv"), 60_000);
    process.destroyForcibly().waitFor();
    assertThat(process.exitValue()).isEqualTo(137);
    int before = Samples.read(out).entries().size();
    Files.writeString(
        out.resolve("samples.csv"), "1,live,ovmf-boot-stub,sn", StandardOpenOption.APPEND);

    String[] resume = Arrays.copyOf(run, run.length + 1);
    resume[run.length] = "--resume";
    InProcess resumed = InProcess.gmembench(resume);
    assertThat(resumed.code()).as(resumed.err()).isZero();
    Samples samples = Samples.read(out);
    assertThat(before).isLessThan(samples.entries().size());
    // live 40 times, and once on the model
    assertThat(samples.cells())
        .allSatisfy(cell -> {
          var rows = samples.entries().stream().filter(e -> e.cell().equals(cell)).toList();
          assertThat(rows).hasSize(cell.isLive() ? 40 : 1);
        });
    long measured = samples.entries().stream().filter(e -> e.status() == Status.OK).count();
    assertThat(lines(out.resolve("latency.hlog"), "/convert,")).isEqualTo(measured);
    assertThat(InProcess.gmembench(resume).code()).as("nothing left to do").isZero();
    assertThat(Samples.read(out).entries()).hasSameSizeAs(samples.entries());

    String[] other = {"run", "ovmf-boot", "--out", out.toString(), "--resume"};
    InProcess foreign = InProcess.gmembench(other);
    assertThat(foreign.code()).isEqualTo(3);
    assertThat(foreign.err()).contains("cannot be resumed, its workload.ovmf-boot.hash is ''");
  }

  private static long lines(Path file, String with) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.filter(l -> l.contains(with)).count();
    }
  }

  private Process start(String... arguments) throws IOException {
    return OwnJvm.gmembench(temp.resolve("log"), arguments);
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
