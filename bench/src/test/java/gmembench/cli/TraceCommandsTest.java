// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** import and trace from the command line. */
class TraceCommandsTest {
  private static final String TRACES = Checkout.path("workloads/traces") + "/";

  @TempDir private Path folder = Path.of("");

  @Test
  void aStockLogIsImportedAndCounted() {
    String trace = folder.resolve("boot.csv.gz").toString();
    String log = TRACES + "qemu/stock-distro-scsi.trace.gz";
    InProcess run = run(0, "import", log, "--from", "qemu-virtio", "--out", trace);
    assertThat(run.out()).isEqualTo(trace + "\n");
    assertThat(run.err())
        .isEqualTo(
            trace
                + ": 4989 to shared (14762 pages), 4989 to private (14762 pages); 1 vCPU (no thread"
                + " ids); 3.79 s (QEMU's stamps); 16822 lines, skipped 13568 unrelated\n"
                + "next: gmembench trace stat "
                + trace
                + ", or gmembench run "
                + trace
                + "\n");
    assertThat(run(0, "trace", "stat", trace, "--guest", "1GiB").out())
        .contains("to_shared                               4989 (14762 pages)");
  }

  /** What import writes can be run: 0x3f3f4 and 0x40000 are in the first and second GiB. */
  @Test
  void aTraceIsRunWithoutAWorkload() throws IOException {
    Path trace = folder.resolve("own.csv");
    Files.writeString(
        trace,
        """
        at_ns,vcpu,op,gfn,pages
        0,0,to_shared,0x3f3f4,1
        9,1,to_private,0x40000,1
        """);
    Path out = folder.resolve("out");
    InProcess run =
        run(0, "run", trace.toString(), "--engine", "model", "--out", out.toString(), "-q");
    assertThat(run.err())
        .isEqualTo(
            "own: a trace without a workload: a guest of 2 GiB (its highest page, rounded up) and"
                + " 2 vCPUs\n");
    assertThat(run.out()).startsWith("model, own, memfd, bitmap, ");
    assertThat(Files.readString(out.resolve("env.csv")))
        .contains("workload.own.guest_bytes,2147483648\n", "workload.own.vcpus,2\n");
    assertThat(run(2, "run", folder + "/none.csv").err())
        .contains(
            "none.csv: unknown workload, expected a .toml file, a trace (.csv, .csv.gz) or one of");
  }

  @Test
  void theHeatMapIsDrawnWithItsTextAsText() throws IOException {
    Path chart = folder.resolve("heat.svg");
    String boot = TRACES + "ovmf-boot.csv.gz";
    assertThat(run(0, "trace", "stat", boot, "--chart", chart.toString()).out())
        .endsWith(chart + "\n");
    assertThat(Files.readString(chart)).contains("<text", "Conversions: ovmf-boot.csv.gz", "0x3e");
  }

  @Test
  void aTraceIsCutScaledAndAnonymised() {
    String boot = TRACES + "ovmf-boot.csv.gz";
    String cut = folder.resolve("cut.csv").toString();
    String large = folder.resolve("large.csv").toString();
    String other = folder.resolve("other.csv").toString();
    run(
        0,
        "trace",
        "cut",
        boot,
        "--from",
        "1s",
        "--to",
        "2s",
        "--gfn",
        "0x3e000..0x40000",
        "-o",
        cut);
    run(
        0,
        "trace",
        "scale",
        cut,
        "--guest",
        "1GiB",
        "--to-guest",
        "2GiB",
        "--repeat",
        "3",
        "-o",
        large);
    run(0, "trace", "anonymise", large, "--seed", "1", "-o", other);
    assertThat(run(0, "trace", "check", other).out()).contains(": well-formed");
    assertThat(run(0, "trace", "stat", large).out()).contains("0x7e");
    assertThat(run(0, "trace", "stat", other).out()).doesNotContain("0x7e");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "import none --from qemu -o x | none: no such file, expected",
        "import none --from bpf -o x | --from: unknown log format 'bpf', expected one of cloud-hypervisor, csv, ftrace, openvmm,",
        "import none --from qemu | Missing required option: '--out=TRACE'",
        "trace stat none | none: no such file, expected",
        "trace stat ../pom.xml | ../pom.xml:1: ",
        "trace stat ../workloads/traces/ovmf-boot.csv.gz --guest 1MiB | --guest: '1MiB' ends below",
        "trace stat ../workloads/traces/ovmf-boot.csv.gz --chart x.gif | --chart: 'x.gif', expected",
        "trace cut ../workloads/traces/ovmf-boot.csv.gz --from 2s --to 1s -o x | cut: the window",
        "trace cut ../workloads/traces/ovmf-boot.csv.gz --gfn 12 -o x | --gfn: '12', expected A..B",
        "trace scale ../workloads/traces/ovmf-boot.csv.gz --time 0.005 -o x | --time: '0.005'",
        "trace scale ../workloads/traces/ovmf-boot.csv.gz --repeat 9223372036854775807 -o x | goes on beyond 2^63 ns",
        "trace scale ../workloads/traces/ovmf-boot.csv.gz --guest 1GiB --copies 65537 -o x | goes up to gfn 0x400040000, expected",
        "trace scale ../workloads/traces/ovmf-boot.csv.gz --copies 0 -o x | expected 1 or more",
        "trace scale ../workloads/traces/ovmf-boot.csv.gz --to-guest 4K -o x | --to-guest: '4K'",
        "trace scale ../workloads/traces/ovmf-boot.csv.gz -o /nonexistent/x | cannot be written",
      })
  void badInputIsOneLineAndExitCode2(String command, String message) {
    assertThat(run(2, command.strip().split(" ")).err()).contains(message).hasLineCount(1);
    assertThat(Path.of("x")).doesNotExist();
    assertThat(Path.of("x.part")).doesNotExist();
  }

  private static InProcess run(int code, String... arguments) {
    InProcess run = InProcess.gmembench(arguments);
    assertThat(run.code()).as(run.err()).isEqualTo(code);
    return run;
  }
}
