// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.cli.InProcess;
import gmembench.result.Results;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Charts of a small real run. */
@Tag("slow")
class ChartsTest {
  @TempDir Path temp;

  private Results run(String arguments) {
    Path folder = temp.resolve("r");
    InProcess run = InProcess.gmembench(("run " + arguments + " --out " + folder).split(" "));
    assertThat(run.code()).as(run.err()).isZero();
    return Results.one(folder);
  }

  @Test
  void everyChartOfABootIsThere() throws IOException {
    String strategies = "snp,no-shared-discard,eager-punch-hole";
    List<Chart> charts =
        Charts.of(run("ovmf-boot --engine model --backing memfd --strategy " + strategies));
    assertThat(charts)
        .extracting(Chart::name)
        .containsExactly(
            "boot-ovmf-boot",
            "double-allocated-model-ovmf-boot-memfd",
            "time-memory-model-ovmf-boot-memfd",
            "heat-ovmf-boot");
    check(charts, "ovmf-boot");
    assertThat(new String(charts.get(0).svg(), StandardCharsets.UTF_8))
        .contains("boot time (s)")
        .contains("published")
        .contains("103.2");
  }

  @Tag("kernel")
  @Test
  void everyChartOfALiveRunIsThere() throws IOException {
    String strategies = "snp,no-shared-discard,eager-punch-hole";
    List<Chart> charts =
        Charts.of(run("kvm-clock --engine live --reps 2 --strategy " + strategies));
    assertThat(charts)
        .extracting(Chart::name)
        .containsExactly(
            "latency-live-kvm-clock-memfd",
            "throughput-live-kvm-clock-memfd",
            "percentiles-live-kvm-clock-memfd",
            "time-memory-live-kvm-clock-memfd",
            "heat-kvm-clock");
    check(charts, "kvm-clock");
  }

  private static void check(List<Chart> charts, String workload) throws IOException {
    for (Chart chart : charts) {
      String svg = new String(chart.svg(), StandardCharsets.UTF_8);
      String what = chart.name().startsWith("heat-") ? "time (" : "eager-punch-hole";
      assertThat(svg).contains("<text").contains(what).contains(workload);
      assertThat(svg.split("<text "))
          .as("the widths of its texts")
          .hasSameSizeAs(svg.split("textLength=\"[1-9]"));
      assertThat(svg).doesNotContain("NaN").hasSizeLessThan(200_000);
      var png = ImageIO.read(new ByteArrayInputStream(chart.png()));
      assertThat(png.getWidth()).isEqualTo(2 * chart.width());
    }
  }

  /** Cells that their costs alone tell apart, as in reproduce, have a chart each. */
  @Test
  void twoCostProfilesHaveTwoCharts() {
    String costs = " --costs snp-upm-2022,upm-2022";
    assertThat(
            Charts.of(
                run("ovmf-boot-stub --engine model --strategy snp --backing memfd -q" + costs)))
        .extracting(Chart::name)
        .doesNotHaveDuplicates()
        .contains("double-allocated-model-ovmf-boot-stub-memfd")
        .contains("double-allocated-model-ovmf-boot-stub-memfd-upm-2022")
        .contains("time-memory-model-ovmf-boot-stub-memfd-upm-2022");
  }
}
