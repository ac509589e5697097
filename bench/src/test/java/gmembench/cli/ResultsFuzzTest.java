// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Host;
import gmembench.trace.Mutants;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Results folders in which one file was damaged, and everything that reads them: exit 0, or 2 with
 * the file, or 3; nothing half-written. 26,900 mutants if thorough, else a hundredth.
 */
class ResultsFuzzTest {
  /** Every file that a run writes, with boots, several repetitions and latencies of a live run. */
  private static final String RUN =
      "run ovmf-boot-stub kvm-clock --engine model,live --backing memfd --reps 2 -q"
          + " --strategy snp,lazy-discard";

  @TempDir private Path folder = Path.of("");

  @TempDir private static Path once = Path.of("");

  private static Path whole = Path.of("");

  @BeforeAll
  static void run() {
    whole = once.resolve("whole");
    assertThat(gmembench(RUN + " --shard 1/1 --out " + whole).code()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "compare WHOLE IN --format csv, 6000",
    "compare IN WHOLE --format markdown, 3000",
    "merge IN -o OUT, 6000",
    "run ovmf-boot-stub kvm-clock --engine model --backing memfd --reps 2 -q --strategy snp"
        + " --resume --out IN, 5000",
    "plot IN --format svg, 3000",
    "report IN --out OUT, 3000"
  })
  void damagedResults(String command, int mutants) throws IOException {
    Mutants.ofFolder(whole, mutants, folder, (in, file) -> check(command, in, file));
  }

  /** Folders that other commands have written: charts of trackers, options and predictions. */
  @ParameterizedTest
  @CsvSource({
    "results/trackers/epyc-6.18-2cpu, 300",
    "results/scale/epyc-6.18-2cpu, 300",
    "results/validate/epyc-6.18-2cpu/memfd, 300"
  })
  void committedResults(String committed, int mutants) throws IOException {
    Mutants.ofFolder(
        Checkout.path(committed),
        mutants,
        folder,
        (in, file) -> check("report IN --out OUT", in, file));
  }

  /** One damage of each kind, to the first place that looks so. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "compare IN IN; samples.csv; total_ns,\\d+; total_ns,1e400; :2: total_ns = '1e400'",
        "compare IN IN; samples.csv; total_ns,\\d+; total_ns,9223372036854775808; :2: total_ns",
        "compare IN IN; samples.csv; total_ns,\\d+; total_ns,-5; :2: total_ns = '-5'",
        "compare IN IN; samples.csv; total_ns,\\d+; m,1; a repetition without a time",
        "compare IN IN; samples.csv; 1,model; =1,model; :2: '=1', expected a name",
        "compare IN IN; samples.csv; ,memfd,; ,\u009bm,; :2: '?m', expected a name",
        "report IN; env.csv; guest_bytes,\\d+; guest_bytes,x; 'x', expected a whole number",
        "report IN; env.csv; base_s,\\d+; base_s,-1; '-1.0', expected 0 or more",
        "report IN; env.csv; base_s,\\d+; base_s,NaN; 'NaN', expected a number",
        "plot IN; memory.csv; ,0,; ,x,; :2: 'x', expected a whole number",
        "plot IN; memory.csv; ,0,; ,; :2: 12 columns, expected",
        "plot IN; heat.csv; ,0,\\d+; ,0,0; :2: a cell far outside",
        "plot IN; latency.hlog; (Tag=live[^,]*/convert,)[^\\n]*; $1x; : is damaged",
        "plot IN; latency.hlog; Tag=(live|model)[^,]*,; Tag=x; a tag without a cell",
        "merge IN -o IN/out; latency.hlog; Tag=(live|model)[^,]*,; Tag=x; a tag without a cell",
        "merge IN -o IN/out; latency.hlog; Tag; \u00ff; not UTF-8",
        "merge IN -o IN/out; plan.csv; ,2(?=\\n); ,-2; '-2', expected 0 or more"
      })
  void eachKindOfDamageIsNamed(
      String command, String name, String what, String with, String complaint) throws IOException {
    Path results = Files.createDirectory(folder.resolve("results"));
    try (Stream<Path> files = Files.list(whole)) {
      for (Path file : files.toList()) {
        Files.copy(file, results.resolve(file.getFileName()));
      }
    }
    Path file = results.resolve(name);
    String text = Files.readString(file);
    String damaged = text.replaceFirst(what, with);
    assertThat(damaged).isNotEqualTo(text);
    Files.writeString(
        file,
        damaged,
        with.equals("\u00ff") ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    InProcess run = gmembench(command.replace("IN", results.toString()));
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains(name, complaint).hasLineCount(1);
  }

  /** A pipe that nobody writes to would be read for ever. */
  @ParameterizedTest
  @ValueSource(strings = {"samples.csv", "env.csv", "memory.csv", "latency.hlog", "heat.csv"})
  void pipesAreRefused(String name) throws IOException, InterruptedException {
    Host.toolOrSkip("mkfifo");
    Path results = Files.createDirectory(folder.resolve("results"));
    try (Stream<Path> files = Files.list(whole)) {
      for (Path file : files.filter(f -> !f.endsWith(name)).toList()) {
        Files.copy(file, results.resolve(file.getFileName()));
      }
    }
    Path file = results.resolve(name);
    new ProcessBuilder("mkfifo", file.toString()).start().waitFor();
    InProcess plot = gmembench("plot " + results);
    assertThat(plot.code()).as(plot.err()).isEqualTo(2);
    assertThat(plot.err())
        .contains(name + (name.startsWith("samples") ? "" : ": is not a regular"));
  }

  private void check(String command, Path in, Path file) {
    Path out = folder.resolve("out");
    String all = command.replace("WHOLE", "" + whole).replace("IN", "" + in);
    InProcess done = gmembench(all.replace("OUT", "" + out));
    String said = all + ": " + done.code() + " " + done.err();
    assertThat(done.code()).as(said).isBetween(0, 3);
    assertThat(done.err() + done.out()).as(said).doesNotContain("\u001b");
    if (done.code() > 1) {
      boolean isVerdict = command.startsWith("compare") && done.code() == 3; // lost cells
      assertThat(done.err().lines().count()).as(said).isBetween(isVerdict ? 0L : 1L, 1L);
      assertThat(Files.exists(out)).as("half-written: " + said).isFalse();
    }
    if (done.code() == 2) {
      String where = file + "(:\\d+)?: .*, expected .*|.*: holds no samples.csv, .*";
      assertThat(done.err().strip()).as(said).matches(".*(" + where + ")");
    }
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.map(Path::toString)).as(said).noneMatch(f -> f.endsWith(".part"));
      deleteAll(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void deleteAll(Path out) {
    if (Files.exists(out)) {
      try (Stream<Path> all = Files.walk(out)) {
        all.sorted(Comparator.reverseOrder()).forEach(f -> f.toFile().delete());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static InProcess gmembench(String command) {
    return InProcess.gmembench(command.split(" "));
  }
}
