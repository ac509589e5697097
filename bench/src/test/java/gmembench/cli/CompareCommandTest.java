// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static gmembench.cli.InProcess.gmembench;
import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.run.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit codes of compare, and one line with file and line number for whatever is wrong. */
class CompareCommandTest {
  @TempDir private Path folder;

  @BeforeEach
  void copyResults() throws IOException, URISyntaxException {
    Path from = Path.of(Objects.requireNonNull(getClass().getResource("/compare")).toURI());
    for (String side : List.of("base", "head")) {
      Files.createDirectories(folder.resolve(side));
      try (Stream<Path> files = Files.list(from.resolve(side))) {
        for (Path file : files.toList()) {
          Files.copy(file, folder.resolve(side).resolve(file.getFileName().toString()));
        }
      }
    }
  }

  private InProcess compare(String... options) {
    List<String> arguments = new java.util.ArrayList<>(List.of("compare"));
    arguments.add(folder.resolve("base").toString());
    arguments.add(folder.resolve("head").toString());
    arguments.addAll(List.of(options));
    return gmembench(arguments.toArray(String[]::new));
  }

  private static void assertOneLine(InProcess run, int code, String part) {
    assertThat(run.err().strip()).contains(part).doesNotContain("\n").doesNotContain("Exception");
    assertThat(run.code()).isEqualTo(code);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void aRegressionIsExitCode1AndNoneIs0() throws IOException {
    assertThat(compare().code()).isEqualTo(1);
    assertThat(compare("--metric", "tracker_bytes", "--threshold", "0.1").code()).isEqualTo(3);
    Files.copy(
        folder.resolve("base/samples.csv"),
        folder.resolve("head/samples.csv"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(compare().code()).isEqualTo(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "markdown", "csv", "benchstat", "json", "json-bigger"})
  void everyFormatEndsWithALineFeed(String format) {
    assertThat(compare("--format", format).out()).endsWith("\n");
  }

  @ParameterizedTest
  @CsvSource({
    "--format, yaml, markdown",
    "--threshold, five, percentage",
    "--threshold, -1%, percentage",
    "--threshold, NaN, percentage",
    "--metric, totalns, one of",
    "--aa, nowhere.csv, is missing"
  })
  void badOptionsAreToldInOneLine(String option, String value, String part) {
    assertOneLine(compare(option, value), 2, part);
  }

  /** What is replaced in HEAD's samples.csv by what, and what is said of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "total_ns,1;total_ns,NaN1;head/samples.csv:",
        "state_hash,0x6f12ff0f745727de;total_ns,Infinity;head/samples.csv:",
        "run,engine;pass,engine;head/samples.csv:1: another schema",
        "run,engine,workload;name,value,unit;head/samples.csv:1: another schema",
        "conversions,10002;conversions;head/samples.csv:",
        "1,ok,,total_ns;1,great,,total_ns;head/samples.csv:2: status 'great'",
        "snp-upm-2022,1,ok;snp-upm-2022,one,ok;head/samples.csv:2: rep 'one'",
        "conversions,10002;conversions,\"10\"002;head/samples.csv:"
      })
  void aDamagedFileIsToldWithItsLine(String what, String with, String message) throws IOException {
    Path file = folder.resolve("head/samples.csv");
    String text = Files.readString(file);
    assertThat(text).contains(what);
    Files.writeString(file, text.replaceFirst(java.util.regex.Pattern.quote(what), with));
    assertOneLine(compare(), 2, message);
  }

  @ParameterizedTest
  @CsvSource({
    "samples.csv, 2, holds no samples.csv",
    "env.csv, 2, env.csv: is missing",
    "summary.csv, 3, was cut short"
  })
  void aMissingFileIsTold(String name, int code, String message) throws IOException {
    Files.delete(folder.resolve("head").resolve(name));
    assertOneLine(compare(), code, message);
  }

  @Test
  void aPathThatIsNoResultIsTold() throws IOException {
    assertOneLine(gmembench("compare", folder + "/no", folder + "/base"), 2, "is no folder");
    Files.createDirectory(folder.resolve("empty"));
    assertOneLine(
        gmembench("compare", folder + "/base", folder + "/empty"), 2, "holds no samples.csv");
    assertOneLine(
        gmembench("compare", folder + "/base/env.csv", folder + "/head"), 2, "is no folder");
    assertOneLine(gmembench("report", folder + "/empty"), 2, "holds no samples.csv");
  }

  /** The committed folder has samples.csv and env.csv, its charts of samples are drawn. */
  @ParameterizedTest
  @ValueSource(strings = {"plot", "report"})
  void whatAFolderHasIsDrawnAndWhatItLacksIsSaid(String command) throws IOException {
    InProcess run = gmembench(command, folder + "/base");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err())
        .isEqualTo(
            "no heat.csv, latency.hlog, memory.csv in "
                + folder
                + "/base, so no charts: heat-map, latency, memory\n");
    assertThat(run.out()).contains(command.equals("plot") ? "charts/boot-" : "report.html");
    if (command.equals("report")) {
      assertThat(folder.resolve("base/report.html"))
          .content()
          .contains("Boot times", "<p>no heat.csv, latency.hlog, memory.csv in ");
    }
  }

  @Test
  void bytesThatAreNoTextAreTold() throws IOException {
    byte[] noise = new byte[5000];
    new Random(1).nextBytes(noise);
    Files.write(folder.resolve("head/samples.csv"), noise);
    assertThat(compare().code()).isEqualTo(2);
    Files.writeString(folder.resolve("head/samples.csv"), "");
    assertOneLine(compare(), 2, "head/samples.csv:1: is empty");
  }

  /** By engine: what an unpaired live run shows is no regression; what HEAD lost is no pass. */
  @Test
  void whatIsLostIsExitCode3AndUnpairedIsNever1() throws IOException {
    keep("model", "model,", ",direct-map,", ",memslot-punch,");
    assertThat(compare().code()).isEqualTo(1);
    keep("live", "live,", ",no-shared-discard,");
    InProcess live = compare();
    assertThat(live.code()).as(live.out()).isZero();
    assertThat(live.out()).contains("no regression: 2 differs, unpaired");
    keep("lost", "live,");
    assertThat(compare().code()).isEqualTo(3);
    assertThat(compare().out()).contains("INCOMPLETE", "lost in HEAD\n  live ovmf-boot no-shared");
    assertThat(compare("--force").code()).isZero();
  }

  /** Both sides keep what is of an engine, but for some strategies. */
  private void keep(String why, String engine, String... without) throws IOException {
    copyResultsAnew();
    for (String side : List.of("base", "head")) {
      Path file = folder.resolve(side).resolve("samples.csv");
      List<String> lines = Files.readAllLines(file);
      List<String> kept =
          lines.stream()
              .filter(l -> l.startsWith("run,") || l.startsWith("1," + engine))
              .filter(l -> Arrays.stream(without).noneMatch(l::contains))
              .toList();
      assertThat(kept).as(why).hasSizeBetween(10, lines.size() - 1);
      Files.write(file, kept);
    }
  }

  private void copyResultsAnew() throws IOException {
    for (String side : List.of("base", "head")) {
      try (Stream<Path> files = Files.list(folder.resolve(side))) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }
    try {
      copyResults();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of two hosts called vm the one that has this CPU; an option may name the other by force. */
  @Test
  void theFloorIsOfTheHostAndNotOfItsName() throws IOException {
    Path aa = folder.resolve("aa.csv");
    Files.copy(Objects.requireNonNull(getClass().getResourceAsStream("/compare/aa.csv")), aa);
    assertOneLine(compare("--aa", aa.toString()), 2, "env.csv: is missing");
    Files.copy(folder.resolve("head/env.csv"), folder.resolve("env.csv"));
    assertThat(compare("--aa", aa.toString()).code()).isEqualTo(1);
    String env = Files.readString(folder.resolve("env.csv"));
    Files.writeString(folder.resolve("env.csv"), env.replace("Example CPU", "Other CPU"));
    assertOneLine(
        compare("--aa", aa.toString()),
        3,
        "aa.csv: is of another host, cpu 'Other CPU' is not 'Example CPU'");
    assertThat(compare("--force", "--aa", aa.toString()).code()).isEqualTo(1);
  }

  /** Ten pairs, each a third slower: more than aa found detectable, 12 %, unless others run too. */
  @Test
  void onABusierHostTheFloorIsAFactorOfTwo() throws IOException {
    Path aa = folder.resolve("aa.csv");
    Files.copy(Objects.requireNonNull(getClass().getResourceAsStream("/compare/aa.csv")), aa);
    Files.copy(folder.resolve("base/env.csv"), folder.resolve("env.csv"));
    for (String side : List.of("base", "head")) {
      Path file = folder.resolve(side).resolve("samples.csv");
      StringBuilder rows = new StringBuilder(Files.readAllLines(file).get(0) + "\n");
      for (int pair = 1; pair <= 10; pair++) {
        String cell = "pair-" + pair + ",live,ovmf-boot,snp,memfd,bitmap,,1,ok,,";
        rows.append(cell).append("total_ns,").append(side.equals("base") ? 3000 : 4000 + pair);
        rows.append('\n').append(cell).append("state_hash,0x1\n");
      }
      Files.writeString(file, rows);
    }
    assertThat(compare("--aa", aa.toString()).code()).isEqualTo(1);
    assertThat(compare().out()).contains("note  no aa.csv of this host");
    Files.writeString(folder.resolve("head/env.csv"), "load_1m,9.00\n", StandardOpenOption.APPEND);
    InProcess busy = compare("--aa", aa.toString());
    assertThat(busy.code()).as(busy.out()).isZero();
    assertThat(busy.out())
        .contains("note  HEAD: load average 9.00 on 2 CPUs", "note  this host was busier than when")
        .contains("below the floor of 100.0 %");
  }

  @Test
  void anotherHostIsExitCode3() throws IOException {
    Path env = folder.resolve("head/env.csv");
    Files.writeString(env, Files.readString(env).replace("lab1", "lab2"));
    assertOneLine(compare(), 3, "--force");
    assertThat(compare("--force").out()).contains("FORCED although host 'lab1' is not 'lab2'");
  }

  @Test
  void aThousandCellsAreCompared() throws IOException {
    for (String side : List.of("base", "head")) {
      StringBuilder rows = new StringBuilder();
      rows.append(Files.readAllLines(folder.resolve(side).resolve("samples.csv")).get(0));
      for (int i = 0; i < 1000; i++) {
        String cell = "\n1,model,w" + i + ",snp,memfd,bitmap,c,1,ok,,";
        for (int metric = 0; metric < 20; metric++) {
          rows.append(cell).append("m").append(metric).append("_count,").append(metric);
        }
        rows.append(cell).append("total_ns,1").append(cell).append("state_hash,0x1");
      }
      Files.writeString(folder.resolve(side).resolve("samples.csv"), rows.append('\n'));
    }
    assertThat(compare().out()).contains("22000 equivalent");
  }

  @Test
  void progressIsALineNowAndThenWhereThereIsNoTerminal() {
    StringWriter err = new StringWriter();
    long[] now = {0};
    try (Progress progress = new Progress(10, new PrintWriter(err), false, false, () -> now[0])) {
      for (int i = 0; i < 10; i++) {
        now[0] += 4_000_000_000L;
        progress.done();
      }
    }
    assertThat(err.toString().lines())
        .containsExactly(
            "3 of 10 done, 28 s left", "6 of 10 done, 16 s left", "9 of 10 done, 4 s left");
  }

  @Test
  void quietIsQuiet() {
    StringWriter err = new StringWriter();
    long[] now = {0};
    try (Progress progress = new Progress(2, new PrintWriter(err), true, false, () -> now[0])) {
      now[0] = 60_000_000_000L;
      progress.done();
    }
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void completionNamesEveryCommand() {
    String completion = gmembench("completion").out();
    for (String command : List.of("run", "reproduce", "compare", "aa", "report", "plot", "list")) {
      assertThat(completion).contains(command);
    }
    assertThat(completion).contains("--threshold");
  }
}
