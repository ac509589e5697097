// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Host;
import gmembench.Thorough;
import gmembench.result.Samples;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Commands that cannot be resumed, killed at random moments: what they leave is whole or not there,
 * nothing of theirs goes on, and the same command is refused the folder in one line.
 */
@Tag("slow")
class KilledCommandsTest {
  private static final long SEED = Long.getLong("gmembench.seed", 1);

  @TempDir Path temp;
  private final Random random = new Random(SEED);

  /** How long it takes when it is left alone; kills are spread over that. */
  private final Map<String, Long> wholeMs = new HashMap<>();

  @Test
  void validate() throws IOException, InterruptedException {
    String command =
        "validate kvm-clock --backing memfd --costs epyc-6.18-2cpu --strategy snp,eager-punch-hole"
            + " --reps 3 -q --out OUT";
    int kills = Thorough.KILLS.count(0, 40);
    for (int i = 0; i < kills; i++) {
      Path out = kill("validate", command, i);
      checkResults(out);
      if (Files.exists(out.resolve("samples.csv"))) {
        assertRefused(command, out);
      }
    }
  }

  @Test
  void calibrate() throws IOException, InterruptedException {
    String command = "calibrate --backing null --rounds 3 -q -o OUT/host.toml";
    int kills = Thorough.KILLS.count(0, 40);
    for (int i = 0; i < kills; i++) {
      Path out = kill("calibrate", command, i);
      Path profile = out.resolve("host.toml");
      Path figures = out.resolve("figures.csv");
      if (Files.exists(figures)) {
        String again = temp.resolve("again.toml").toString();
        String[] fit = {"calibrate", "--from", figures.toString(), "-o", again};
        assertThat(InProcess.gmembench(fit).code()).isZero();
      }
      if (Files.exists(profile)) {
        assertThat(figures).as("written first").exists();
        assertThat(profile).hasSameTextualContentAs(temp.resolve("again.toml"));
      }
    }
  }

  @Test
  void aa() throws IOException, InterruptedException {
    String command = "aa kvm-clock --reps 6 --strategy snp -q --out OUT";
    int kills = Thorough.KILLS.count(0, 14);
    for (int i = 0; i < kills; i++) {
      Path out = kill("aa", command, i);
      for (int run = 1; Files.exists(out.resolve("run-" + run)); run++) {
        checkResults(out.resolve("run-" + run));
      }
      if (Files.exists(out.resolve("aa.csv"))) {
        assertThat(Files.readString(out.resolve("aa.csv"))).endsWith("\n");
      }
      assertRefused(command, out);
    }
  }

  /** QEMU ends with the script, whatever ends that. */
  @Test
  void kernelLab() throws IOException, InterruptedException {
    int kills = Thorough.KILLS.count(0, 6);
    if (kills == 0) {
      return;
    }
    Host.toolOrSkip("qemu-system-x86_64");
    Host.toolOrSkip("busybox");
    String kernel = System.getenv().getOrDefault("GMEMBENCH_LAB_KERNEL", "debian:6.12");
    String command =
        Checkout.path("scripts/kernel-lab")
            + " --kernel k="
            + kernel
            + " --out OUT -- run kvm-clock --engine live --backing memfd --strategy snp --reps 2";
    for (int i = 0; i < kills; i++) {
      Path out = kill("lab", command, i);
      if (Files.exists(out.resolve("k/1"))) {
        assertThat(Samples.read(out.resolve("k/1")).entries()).hasSize(2);
      }
    }
  }

  /** Runs a command once whole, and then kills it as far on as chance has it. */
  private Path kill(String name, String command, int number)
      throws IOException, InterruptedException {
    if (number == 0) {
      long start = System.nanoTime();
      Process whole = start(command, temp.resolve(name + "-whole"));
      assertThat(whole.waitFor()).as(log()).isIn(0, 1, 3); // how good the model is matters not
      wholeMs.put(name, (System.nanoTime() - start) / 1_000_000);
    }
    Path out = temp.resolve(name + number);
    Process process = start(command, out);
    process.waitFor(random.nextLong(wholeMs.getOrDefault(name, 1L)), TimeUnit.MILLISECONDS);
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly().waitFor();
    for (ProcessHandle child : children) {
      assertThat(child.onExit().orTimeout(120, TimeUnit.SECONDS))
          .as("%s, seed %s: %s", name, SEED, child.info())
          .succeedsWithin(Duration.ofMinutes(2));
    }
    return out;
  }

  private Process start(String command, Path out) throws IOException {
    String[] words = command.replace("OUT", out.toString()).split(" ");
    if (!words[0].startsWith("/")) {
      return OwnJvm.gmembench(temp.resolve("log"), words);
    }
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("TMPDIR", temp.toString());
    return builder
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(temp.resolve("log").toFile())
        .start();
  }

  private String log() throws IOException {
    return Files.readString(temp.resolve("log"));
  }

  /** Once the first repetition may be there, every reader can read what is there. */
  private static void checkResults(Path out) {
    if (Files.exists(out.resolve("env.csv")) && !Samples.read(out).entries().isEmpty()) {
      InProcess compare = InProcess.gmembench("compare", out.toString(), out.toString());
      assertThat(compare.code()).as(compare.err()).isIn(0, 3); // 3: it was cut short
      assertThat(compare.err().lines().count()).as(compare.err()).isLessThanOrEqualTo(1);
    }
  }

  private static void assertRefused(String command, Path out) {
    if (Files.exists(out)) {
      InProcess again = InProcess.gmembench(command.replace("OUT", out.toString()).split(" "));
      assertThat(again.err()).contains(out + ": exists, expected a new folder");
      assertThat(again.code()).isEqualTo(2);
    }
  }
}
