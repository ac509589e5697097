// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;
import gmembench.Thorough;
import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.Repetition;
import gmembench.result.Samples;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs that are killed at random moments, again and again, and at last left alone: the folder can
 * always be read, and in the end holds what an undisturbed run gives. {@code -Dgmembench.seed=5}
 * kills at other moments.
 */
@Tag("slow")
class KillTest {
  private static final int KILLS = Thorough.KILLS.count(3, 100);
  private static final long SEED = Long.getLong("gmembench.seed", 1);
  private static final int MOST_KILLS_OF_ONE_RUN = 12;
  private static final String RUN =
      "run kvm-clock bulk-4k -q --reps 3 --backing memfd" + " --strategy snp,lazy-discard";

  @TempDir Path temp;
  private final Random random = new Random(SEED);

  @Test
  void killedAtAnyMomentNothingIsLostOrTwice() throws IOException, InterruptedException {
    long start = System.nanoTime();
    Path whole = temp.resolve("whole");
    assertThat(start(whole, "").waitFor()).isZero();
    long wholeMs = (System.nanoTime() - start) / 1_000_000;
    Set<String> expected = repetitions(whole);
    int kills = 0;
    int finished = 0;
    for (int folder = 0; kills < KILLS; folder++) {
      Path out = temp.resolve("killed" + folder);
      for (int i = 0; kills < KILLS && i < MOST_KILLS_OF_ONE_RUN; i++) {
        if (!kill(out, random.nextLong(wholeMs))) {
          break; // it was done before
        }
        kills++;
        checkReadable(out, expected);
      }
      Process last = start(out, "--resume");
      assertThat(last.waitFor()).as("seed %s: %s", SEED, log()).isZero();
      checkSame(out, whole, expected);
      finished++;
    }
    System.out.printf("%d kills of %d runs, seed %d: all as undisturbed%n", kills, finished, SEED);
  }

  /** Whether it was still running. */
  private boolean kill(Path out, long afterMs) throws IOException, InterruptedException {
    Process run = start(out, "--resume");
    if (run.waitFor(afterMs, TimeUnit.MILLISECONDS)) {
      assertThat(run.exitValue()).as("seed %s: %s", SEED, log()).isZero();
      return false;
    }
    run.destroyForcibly().waitFor();
    return run.exitValue() == 137;
  }

  /** Whatever is there is of the plan and once; before anything is there it is said in one line. */
  private void checkReadable(Path out, Set<String> expected) throws IOException {
    if (!Files.exists(out.resolve("env.csv"))) {
      assertThat(Files.exists(out.resolve("samples.csv")) ? repetitions(out) : Set.of())
          .as("seed %s: env.csv comes before what is finished", SEED)
          .isEmpty();
      return;
    }
    assertThat(Environment.read(out).get("kernel")).isNotEmpty();
    assertThat(expected).as("seed %s", SEED).containsAll(repetitions(out));
    if (!Samples.read(out).entries().isEmpty()) {
      InProcess compare = InProcess.gmembench("compare", out.toString(), out.toString());
      assertThat(compare.code()).as(compare.err()).isIn(0, 3); // 3: it was cut short
      assertThat(compare.err().lines().count()).isLessThanOrEqualTo(1);
    }
  }

  private static Set<String> repetitions(Path out) {
    Set<String> all = new TreeSet<>();
    for (Repetition e : Samples.read(out).entries()) {
      assertThat(all.add(e.cell().path() + e.rep())).as("%s %s once", e.cell(), e.rep()).isTrue();
    }
    return all;
  }

  private static void checkSame(Path out, Path whole, Set<String> expected) throws IOException {
    assertThat(repetitions(out)).isEqualTo(expected);
    assertThat(lines(out, "samples.csv", "model,"))
        .isEqualTo(lines(whole, "samples.csv", "model,"));
    assertThat(lines(out, "memory.csv", "")).isEqualTo(lines(whole, "memory.csv", ""));
    assertThat(lines(out, "latency.hlog", "Tag=model"))
        .isEqualTo(lines(whole, "latency.hlog", "Tag=model"));
    assertThat(tags(out)).isEqualTo(tags(whole));
    assertThat(lines(out, "plan.csv", "")).isEqualTo(lines(whole, "plan.csv", ""));
    assertThat(Samples.read(out).cells().stream().filter(Cell::isLive)).isNotEmpty();
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files.map(Path::toString)).noneMatch(f -> f.endsWith(".part"));
    }
  }

  private static List<String> lines(Path out, String file, String with) throws IOException {
    try (Stream<String> lines = Files.lines(out.resolve(file))) {
      return lines.filter(l -> l.contains(with) && !l.startsWith("#")).sorted().toList();
    }
  }

  private static List<String> tags(Path out) throws IOException {
    return lines(out, "latency.hlog", "Tag=").stream()
        .map(l -> l.substring(0, l.indexOf(',')))
        .toList();
  }

  private String log() throws IOException {
    return Files.readString(temp.resolve("log"));
  }

  /** A disk of 100 KiB: one line, everything finished before is whole, and goes on elsewhere. */
  @Tag("root")
  @Test
  void aFullDiskKeepsWhatIsFinished() throws IOException, InterruptedException {
    Path disk = Files.createDirectory(temp.resolve("disk"));
    if (sh("mount -t tmpfs -o size=100k gmembench " + disk) != 0) {
      throw Host.skip("no tmpfs can be mounted (run as root)");
    }
    try {
      Path out = disk.resolve("out");
      String command = RUN.replace("--reps 3", "--reps 14").replace(" bulk-4k", "");
      Process run = start(command, out, "");
      assertThat(run.waitFor()).isEqualTo(3);
      assertThat(log().strip().lines()).hasSize(1);
      assertThat(log())
          .startsWith(out.toString())
          .contains("cannot be written (No space left on device); what is finished is kept");
      Set<String> kept = repetitions(out);
      assertThat(kept).hasSizeGreaterThan(3);

      Path larger = temp.resolve("larger");
      assertThat(sh("cp -r " + out + " " + larger)).isZero();
      assertThat(start(command, larger, "--resume").waitFor()).as(log()).isZero();
      assertThat(repetitions(larger)).containsAll(kept);

      assertThat(start(command, disk.resolve("second"), "").waitFor()).isEqualTo(3);
      assertThat(log().strip().lines()).as("no room for the header").hasSize(1);
    } finally {
      assertThat(sh("umount " + disk)).isZero();
    }
  }

  private static int sh(String command) throws IOException, InterruptedException {
    return new ProcessBuilder("sh", "-c", command + " 2>/dev/null").start().waitFor();
  }

  private Process start(Path out, String more) throws IOException {
    return start(RUN, out, more);
  }

  private Process start(String run, Path out, String more) throws IOException {
    String all = run + " --out " + out + " " + more;
    return OwnJvm.gmembench(temp.resolve("log"), all.strip().split(" "));
  }
}
