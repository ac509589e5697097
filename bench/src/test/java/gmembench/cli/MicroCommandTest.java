// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Golden;
import gmembench.Plugins;
import gmembench.result.Samples;
import gmembench.run.Home;
import gmembench.tracker.Tracker;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

@Tag("slow")
class MicroCommandTest {
  private static final String SHORT = " -wi 0 -i 2 -r 1ms -v silent";

  @TempDir Path temp;

  private static InProcess micro(String arguments, Path out) {
    List<String> all = new ArrayList<>(List.of("micro", "--out", out.toString()));
    all.addAll(List.of(arguments.split(" ")));
    return InProcess.gmembench(all.toArray(String[]::new));
  }

  /** Hence a new tracker is in micro without a change here. */
  @Test
  void trackersAreAllThatThereAreUnlessSomeAreNamed() throws CommandLineOptionException {
    assertThat(trackers("ovmfBoot"))
        .contains("bitmap", "maple")
        .containsExactlyElementsOf(Plugins.all(Tracker.class).stream().map(Tracker::name).toList());
    assertThat(trackers("ovmfBoot", "-p", "tracker=maple,bitmap"))
        .containsExactly("maple", "bitmap");
  }

  private static Collection<String> trackers(String... arguments)
      throws CommandLineOptionException {
    return MicroCommand.options(new CommandLineOptions(arguments), Home.here())
        .getParameter("tracker")
        .get();
  }

  @Test
  void everyIterationIsARepetitionOfACell() throws IOException {
    Path out = temp.resolve("out");
    InProcess run =
        micro(
            "ConvertBenchmark.(ovmf|live) InitBenchmark ReadersBenchmark.*1 GuestSizeBenchmark"
                + " -p tracker=bitmap,frame-map -p guest=1GiB,16GiB --rounds 2 -f 0"
                + SHORT,
            out);
    assertThat(run.code()).as(run.err()).isZero();
    // workloads run in JMH's order; what is measured is masked, what is exact stays
    String masked =
        Files.readString(out.resolve("samples.csv")).replaceAll("(?m)(ns_per_op),[0-9.]+$", "$1,#");
    Golden.check("micro-samples.csv", masked);
    assertThat(run.out())
        .containsPattern("times bitmap +bitmap +frame-map")
        .containsPattern("ovmf-boot +1.00 ")
        .contains("init-16GiB", "readers-1-write", "spread-1GiB", "results: " + out);
    assertThat(Files.readString(out.resolve("env.csv")))
        .contains("workload.half-shared-16GiB.guest_bytes,17179869184");
    InProcess compare = InProcess.gmembench("compare", out.toString(), out.toString());
    assertThat(compare.code()).as(compare.err()).isZero();
    assertThat(compare.out()).contains("ns_per_op");
    InProcess plot = InProcess.gmembench("plot", out.toString(), "--format", "svg");
    assertThat(plot.code()).as(plot.err()).isZero();
    assertThat(out.resolve("charts/micro-spread-ns.svg")).isNotEmptyFile();
    assertThat(out.resolve("charts/micro-half-shared-tracker-kernel-bytes.svg")).isNotEmptyFile();
    assertThat(InProcess.gmembench("report", out.toString()).code()).isZero();
  }

  /** A fork of its own needs the class path and the checkout's folder. */
  @Test
  void aForkFindsItsWay() {
    Path out = temp.resolve("out");
    InProcess run = micro("ovmfBoot -p tracker=frame-map --rounds 1 -f 1 -prof gc" + SHORT, out);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Samples.read(out).entries())
        .hasSize(2)
        .allMatch(e -> e.number("ns_per_op") > 0 && e.has("alloc_bytes_per_op"));
    assertThat(run.out()).doesNotContain("times bitmap");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--nonsense                | micro: nonsense is not a recognized option, expected JMH's",
        "-i many                   | 'many'",
        "NoSuchBenchmark           | micro: no benchmark matches NoSuchBenchmark, expected see -l",
        "-p tracker=tree           | unknown tracker 'tree'",
        "-p guest=1Q               | guest: '1Q', expected a size",
        "-p guest=5M               | guest: '5M', expected whole GiB",
        "-bm thrpt                 | micro: another mode or unit, expected -bm avgt",
        "--rounds 0                | --rounds: '0', expected 1 or more",
      })
  void badUsageIsOneLineAndNothingIsWritten(String arguments, String message) {
    Path out = temp.resolve("out");
    InProcess run = micro(arguments.strip(), out);
    assertThat(run.err()).contains(message);
    assertThat(run.err().strip().lines()).hasSize(1);
    assertThat(run.code()).isEqualTo(2);
    assertThat(out).doesNotExist();
  }
}
