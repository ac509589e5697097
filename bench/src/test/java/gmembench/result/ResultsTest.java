// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.Golden;
import gmembench.InputException;
import gmembench.Ticks;
import gmembench.result.Repetition.MemoryPoint;
import gmembench.result.Repetition.Status;
import gmembench.table.CellTable;
import gmembench.table.OverheadRatio;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultsTest {
  private static final String HEADER = String.join(",", Samples.COLUMNS) + "\n";
  private static final String ROW = "1,live,w,snp,memfd,bitmap,,1,ok,,total_ns,5\n";
  private static final String END = "1,live,w,snp,memfd,bitmap,,1,ok,,state_hash,0x1f\n";

  @TempDir Path temp;

  private static Repetition observation(String strategy, int rep, long totalNs) {
    Map<String, String> metrics = new LinkedHashMap<>();
    metrics.put("total_ns", Long.toString(totalNs));
    metrics.put("convert_p50_ns", "100");
    metrics.put("convert_p99_ns", "2000");
    metrics.put("convert_p999_ns", "30000");
    metrics.put("double_allocated_peak_bytes", "8192");
    metrics.put("state_hash", "0xabc");
    Histogram histogram = new Histogram(3);
    histogram.recordValue(totalNs);
    return Repetition.of(
        new Cell("live", "w", strategy, "memfd", "bitmap", ""),
        rep,
        WrittenMetrics.of(metrics),
        Map.of("convert", histogram),
        rep == 1 ? List.of(new MemoryPoint(0, 1, 2, 3, 4, 5, -1)) : List.of());
  }

  private Path written() {
    Path folder = temp.resolve("r");
    try (ResultFolder results = ResultFolder.create(folder, "1")) {
      results.environment(Map.of("kernel", "6.18"));
      for (int rep = 1; rep <= 7; rep++) {
        results.add(observation("snp", rep, 1_000_000L + rep));
        results.add(observation("lazy-discard:budget=1MiB", rep, 2_000_000L + rep));
      }
      Cell other = new Cell("live", "w", "eager-punch-hole", "secretmem", "bitmap", "");
      results.add(Repetition.without(other, Status.UNSUPPORTED, "no, \"really\""));
    }
    return folder;
  }

  @Test
  void filesAreAsTheSchemaSays() throws IOException {
    Path folder = written();
    Golden.check("samples.csv", Files.readString(folder.resolve("samples.csv")));
    Golden.check("memory.csv", Files.readString(folder.resolve("memory.csv")));
    Samples samples = Samples.read(folder);
    Golden.check("summary.csv", Summary.csv(samples));
    Golden.check("cell-table.txt", CellTable.of(samples, Ticks.TIME));
    assertThat(Files.readString(folder.resolve("env.csv"))).isEqualTo("key,value\nkernel,6.18\n");
    assertThat(Files.readString(folder.resolve("latency.hlog")))
        .startsWith("#[Latencies in ns;")
        .contains("#[Histogram log format version 1.3]")
        .contains("Tag=live/w/lazy-discard:budget=1MiB/memfd/bitmap//convert,0.000,0.002,");
  }

  @Test
  void whatIsWrittenIsReadBack() {
    Samples samples = Samples.read(written());
    Cell snp = new Cell("live", "w", "snp", "memfd", "bitmap", "");
    assertThat(samples.values(snp, Declared.TOTAL_NS)).hasSize(7).contains(1_000_003);
    assertThat(samples.cells()).hasSize(3);
    Repetition last = samples.entries().getLast();
    assertThat(last.status()).isEqualTo(Status.UNSUPPORTED);
    assertThat(last.reason()).isEqualTo("no, \"really\"");
    assertThat(last.rep()).isZero();
  }

  @Test
  void anExistingFolderIsNotTouched() {
    Path folder = written();
    assertThatThrownBy(() -> ResultFolder.create(folder, "1"))
        .isInstanceOf(InputException.class)
        .hasMessage(folder + ": exists, expected a new folder, or --resume");
    Path file = temp.resolve("r/samples.csv");
    assertThatThrownBy(() -> ResultFolder.create(file, "1")).hasMessageContaining("exists");
  }

  /** Wherever a killed run stopped writing, what was finished is readable. */
  @Test
  void aFileThatIsCutAnywhereKeepsWhatWasFinished() throws IOException {
    Path folder = written();
    byte[] whole = Files.readAllBytes(folder.resolve("samples.csv"));
    int most = 0;
    for (int cut = HEADER.length(); cut <= whole.length; cut++) {
      Files.write(folder.resolve("samples.csv"), java.util.Arrays.copyOf(whole, cut));
      int now = Samples.read(folder).entries().size();
      assertThat(now).isBetween(most, most + 1);
      most = now;
    }
    assertThat(most).isEqualTo(15);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "engine,strategy | :1: another schema: engine,strategy, expected run,engine",
        "H~1,live,w,snp,memfd,bitmap,,1,ok,,total_ns,NaN~END | :2: total_ns = 'NaN', expected a number",
        "H~1,live,w,snp,memfd,bitmap,,x,ok,,state_hash,5~END | rep 'x'",
        "H~1,live,w,snp,memfd,bitmap,,1,fine,,total_ns,5~END | status 'fine'",
        "H~1,live,w,snp,memfd,bitmap,,1,ok,,total_ns,~END | metric 'total_ns' = ''",
        "H~1,live,w,snp,memfd,bitmap,,1,ok,,total_ns,5~1,live,w,snp,memfd,bitmap,,2,ok,,total_ns,5~END | :3: a repetition without state_hash",
        "H~ROW~ROW~END | :3: metric total_ns twice",
        "H~ROW~END~1,live,x,snp,memfd,bitmap,,1,ok,,total_ns,5~1,live,x,snp,memfd,bitmap,,1,ok,,state_hash,1~ROW~END | repetition 1 of live/w/snp/memfd/bitmap/ twice",
        "H~ROW~END~a,b~ROW~END | 2 columns, expected 12 columns",
        "H~\"1,live | broken quoting",
      })
  void damagedFilesNameTheLine(String content, String message) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String line : content.split("~", -1)) {
      text.append(
          switch (line) {
            case "H" -> HEADER;
            case "ROW" -> ROW;
            case "END" -> END;
            default -> line + "\n";
          });
    }
    Path file = Files.writeString(temp.resolve("samples.csv"), text);
    assertThatThrownBy(() -> Samples.read(temp))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message)
        .hasMessageContaining(", expected ");
  }

  @Test
  void aFolderOfSomethingElseIsNamed() throws IOException {
    assertThatThrownBy(() -> Samples.read(temp))
        .hasMessage(temp + ": holds no samples.csv, expected a results folder of gmembench");
    Files.writeString(temp.resolve("samples.csv"), "", StandardOpenOption.CREATE);
    assertThatThrownBy(() -> Samples.read(temp)).hasMessageContaining(":1: is empty");
    Files.write(temp.resolve("samples.csv"), new byte[] {(byte) 0xff, (byte) 0xfe, 10});
    assertThatThrownBy(() -> Samples.read(temp)).hasMessageContaining("is not UTF-8 text");
  }

  @Test
  void intervalsAreOrderStatistics() {
    double[] seven = {7, 1, 6, 2, 5, 3, 4};
    assertThat(Interval.ofMedian(seven)).isEqualTo(new Interval(7, 4, 1, 7));
    double[] fifteen = new double[15];
    java.util.Arrays.setAll(fifteen, i -> i + 1.0);
    assertThat(Interval.ofMedian(fifteen))
        .as("ranks 4 and 12")
        .isEqualTo(new Interval(15, 8, 4, 12));
    assertThat(Interval.ofMedian(new double[] {1, 2, 3, 4, 5}).isKnown()).isFalse();
    assertThat(Interval.ofMedian(new double[] {1, 2, 3, 4, 5, 6}).isKnown()).isTrue();
  }

  @Test
  void ratioIsOfPairedRounds() {
    Path folder = temp.resolve("r");
    try (ResultFolder results = ResultFolder.create(folder, "1")) {
      for (int rep = 1; rep <= 7; rep++) {
        results.add(observation("snp", rep, 1000));
        results.add(observation("eager-punch-hole", rep, 1000 + 200L * rep));
        results.add(observation("no-shared-discard", rep, 1000 + 100L * rep));
      }
    }
    List<OverheadRatio> ratios = OverheadRatio.of(Samples.read(folder), "w");
    assertThat(ratios).hasSize(1);
    assertThat(ratios.get(0).ratio()).isEqualTo(new Interval(7, 2, 2, 2));
  }

  @Test
  void kernelParametersKeepNoPathsAndNoArgumentsOfInit() {
    assertThat(Host.kernelParameters("quiet root=/dev/vda rdinit=/sbin/x a=b -- --secret"))
        .isEqualTo("quiet root=... rdinit=... a=b");
  }
}
