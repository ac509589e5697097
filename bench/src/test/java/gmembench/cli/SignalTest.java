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
    Process run = start(("run kvm-clock --reps 100000 " + TWO + " --out " + out).split(" "));
    try {
      waitFor(out.resolve("samples.csv"), 15_000);
      OwnJvm.signal(run, signal);
      assertThat(run.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      run.destroyForcibly();
    }
    assertThat(run.exitValue()).isEqualTo(code);
    String rows = Files.readString(out.resolve("samples.csv"));
    assertThat(rows).endsWith("\n");
    assertThat(rows.lines().toList().getLast()).contains(",state_hash,0x");
    assertThat(Samples.read(out).entries()).hasSizeGreaterThan(4);
    assertThat(out.resolve("env.csv")).isNotEmptyFile();
    assertThat(Files.readString(temp.resolve("log"))).doesNotContain("Exception");
  }

  /** Killed without warning, resumed, and the same cells as of a run that was left alone. */
  @Test
  void aKilledRunIsResumed() throws IOException, InterruptedException {
    Path out = temp.resolve("out");
    String[] run = ("run kvm-clock --reps 40 " + TWO + " --out " + out).split(" ");
    Process process = start(run);
    waitFor(out.resolve("samples.csv"), 15_000);
    process.destroyForcibly().waitFor();
    assertThat(process.exitValue()).isEqualTo(137);
    int before = Samples.read(out).entries().size();
    Files.writeString(out.resolve("samples.csv"), "1,live,kvm-clock,sn", StandardOpenOption.APPEND);

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

  /** The second of two that resume one folder is told of the first, which goes on. */
  @Test
  void twoAtOnceDoNotWriteOneFolder() throws IOException, InterruptedException {
    Path out = temp.resolve("out");
    String[] run = ("run kvm-clock --reps 100000 " + TWO + " --resume --out " + out).split(" ");
    Process first = start(run);
    try {
      waitFor(out.resolve("samples.csv"), 20_000);
      String holder = "process " + first.pid() + " on ";
      InProcess second = InProcess.gmembench(run);
      assertThat(second.code()).isEqualTo(3);
      assertThat(second.err()).startsWith(out + ": is written by " + holder);
      assertThat(second.err().strip().lines()).hasSize(1);
      waitFor(out.resolve("samples.csv"), Files.size(out.resolve("samples.csv")) + 1);
      OwnJvm.signal(first, "KILL");
      first.waitFor();
      assertThat(out.resolve("run.lock")).as("left behind").exists();
      Process third = start(run);
      waitFor(out.resolve("samples.csv"), Files.size(out.resolve("samples.csv")) + 10_000);
      OwnJvm.signal(third, "TERM");
      assertThat(third.waitFor()).isEqualTo(143);
      assertThat(out.resolve("run.lock")).doesNotExist();
    } finally {
      first.destroyForcibly();
    }
  }

  /** What is in samples.csv is in plan.csv: a plan may grow, and lose nothing. */
  @Test
  void aRunIsResumedByItsOwnPlanAndCommit() throws IOException {
    Path out = temp.resolve("out");
    String run = "run kvm-clock --engine model --strategy %s --backing memfd --resume --out " + out;
    assertThat(InProcess.gmembench(run.formatted("snp").split(" ")).code()).isZero();
    String[] more = run.formatted("snp,lazy-discard").split(" ");
    assertThat(InProcess.gmembench(more).code()).isZero();
    assertThat(Samples.read(out).entries()).hasSize(2);
    assertThat(out.resolve("plan.csv")).content().contains(",snp,").contains(",lazy-discard:");
    assertThat(out.resolve("env.csv")).content().contains("--strategy snp ", " && gmembench run");

    String before = Files.readString(out.resolve("plan.csv"));
    InProcess less = InProcess.gmembench(run.formatted("lazy-discard").split(" "));
    assertThat(less.code()).isEqualTo(3);
    assertThat(less.err())
        .startsWith(out + ": cannot be resumed, this command has no model/kvm-clock/snp/memfd/");
    assertThat(out.resolve("plan.csv")).hasContent(before);

    Path env = out.resolve("env.csv");
    Files.writeString(env, Files.readString(env).replaceFirst("\ncommit,.*", "\ncommit,older"));
    InProcess other = InProcess.gmembench(more);
    assertThat(other.code()).isEqualTo(3);
    assertThat(other.err()).contains("cannot be resumed, its commit is 'older', now it is '");
    assertThat(Samples.read(out).entries()).hasSize(2);
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
