// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a small run: whole, alone, and alive in a browser. */
@Tag("slow")
class ReportTest {
  @TempDir private static Path folder;
  private static String html = "";

  @BeforeAll
  static void runAndReport() throws IOException {
    Path results = folder.resolve("small");
    execute(
        "run", "ovmf-boot", "--backing", "memfd,null", "--engine", "model", "--out", results + "");
    execute(
        "run",
        "ovmf-boot",
        "--backing",
        "null",
        "--engine",
        "live",
        "--reps",
        "6",
        "--out",
        folder.resolve("live") + "");
    for (String file : List.of("samples.csv", "memory.csv", "latency.hlog")) {
      String more = Files.readString(folder.resolve("live").resolve(file));
      int header = file.endsWith(".hlog") ? more.indexOf("\nTag=") + 1 : more.indexOf('\n') + 1;
      Files.writeString(
          results.resolve(file), more.substring(header), java.nio.file.StandardOpenOption.APPEND);
    }
    execute("report", results + "");
    html = Files.readString(results.resolve("report.html"));
  }

  private static void execute(String... args) {
    InProcess run = InProcess.gmembench(args);
    assertThat(run.code()).as(run.err()).isZero();
  }

  @Test
  void everyKindOfChartIsInIt() {
    assertThat(html)
        .contains(
            "Boot times",
            "Latency by percentile",
            "Throughput and latency by strategy",
            "Memory over time",
            "Time against memory",
            "<td data-v=\"103\">103.0</td>");
  }

  @Test
  void nothingIsLoadedFromElsewhere() {
    String names = html.replaceAll("xmlns(:xlink)?=\"http://www.w3.org/[^\"]*\"", "");
    assertThat(names).doesNotContain("http:").doesNotContain("src=").doesNotContain("<link");
    assertThat(html).contains("default-src 'none'");
  }

  @Test
  void idsAreUnique() {
    assertThat(Pattern.compile("\\sid=\"([^\"]+)\"").matcher(html).results().map(m -> m.group(1)))
        .doesNotHaveDuplicates();
    List<String> used =
        Pattern.compile("url\\(#([^)]+)\\)").matcher(html).results().map(ReportTest::one).toList();
    assertThat(used).isNotEmpty().allMatch(id -> html.contains("id=\"" + id + "\""));
  }

  private static String one(MatchResult match) {
    return match.group(1);
  }

  @Test
  void inABrowserChartsShowTablesSortAndNothingComplains() throws Exception {
    Chromium chromium = Chromium.orSkip();
    Path page = folder.resolve("probe.html");
    Files.writeString(page, html.replace("</body>", "<script>" + probe() + "</script></body>"));
    Path log = folder.resolve("console.log");
    String dom = chromium.dom(page, log, "--window-size=390,844");
    assertThat(dom).contains("data-probe=\"charts yes, up yes, down yes, width yes\"");
    assertThat(Files.readString(log)).doesNotContain("CONSOLE");
  }

  /** What a reader would look at, written into the page. */
  private static String probe() {
    return """
    const yes = b => b ? 'yes' : 'no';
    const svgs = [...document.querySelectorAll('figure svg')];
    const table = [...document.querySelectorAll('table.sortable')].at(1);
    const values = () => [...table.tBodies[0].rows].map(r => Number(r.cells[6].dataset.v));
    const press = () => table.tHead.rows[0].cells[6].querySelector('button').click();
    const rises = v => v.every((x, i) => i === 0 || v[i - 1] <= x);
    press();
    const up = rises(values());
    press();
    const down = rises(values().reverse());
    document.body.dataset.probe = [
      'charts ' + yes(svgs.length > 6 && svgs.every(s => s.getBoundingClientRect().height > 100)),
      'up ' + yes(up), 'down ' + yes(down && values().length > 6),
      'width ' + yes(document.documentElement.scrollWidth <= innerWidth)].join(', ');
    """;
  }
}
