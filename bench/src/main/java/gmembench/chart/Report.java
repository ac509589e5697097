// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import gmembench.Ticks;
import gmembench.Units;
import gmembench.compare.ComparisonText;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Environment;
import gmembench.result.Interval;
import gmembench.result.Metric;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.result.Results;
import gmembench.result.Samples;
import gmembench.table.BootTable;

/** A results folder as one HTML page that needs nothing else: no network, no other file. */
public final class Report {
  private final Results results;
  private final Samples samples;
  private final Environment env;
  private final StringBuilder out = new StringBuilder();

  private Report(Results results) {
    this.results = results;
    this.samples = results.samples();
    this.env = results.env();
  }

  /** The page. */
  public static String html(Results results) {
    return new Report(results).page();
  }

  private String page() {
    Map<String, String> charts = charts();
    head(charts);
    boots();
    cells();
    notRun();
    String lacking = Charts.lacking(results);
    out.append(lacking.isEmpty() ? "" : "<p>" + HtmlTable.escape(lacking) + "</p>\n");
    charts.forEach((title, figures) ->
        out.append("<details open id=\"")
            .append(anchor(title))
            .append("\"><summary>")
            .append(title)
            .append("</summary>\n")
            .append(figures)
            .append("</details>\n"));
    environment();
    out.append(
        "<footer>gmembench; lower is better, but for throughput. Intervals: 95 %.</footer>\n");
    out.append("<script>\n").append(resource("report.js")).append("</script>\n</body></html>\n");
    return out.toString();
  }

  private void head(Map<String, String> charts) {
    String name = String.valueOf(results.folder().toAbsolutePath().normalize().getFileName());
    String title = "gmembench: " + name;
    out.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    // the browser loads nothing, and would report an attempt
    out.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
    out.append("style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n");
    out.append("<title>").append(HtmlTable.escape(title)).append("</title>\n<style>\n");
    out.append(resource("report.css")).append("</style></head><body>\n<h1>");
    out.append(HtmlTable.escape(title)).append("</h1>\n<p>");
    String about =
        String.join(
            " · ",
            List.of(
                env.get("command"),
                "commit " + env.get("commit"),
                "host " + env.get("host"),
                "kernel " + env.get("kernel"),
                env.get("cpu")));
    out.append(HtmlTable.escape(about)).append("</p>\n<nav><a href=\"#cells\">All cells</a>");
    for (String kind : charts.keySet()) {
      out.append("<a href=\"#").append(anchor(kind)).append("\">").append(kind).append("</a>");
    }
    out.append("<a href=\"#environment\">Environment</a></nav>\n");
  }

  private static String anchor(String title) {
    return title.toLowerCase(java.util.Locale.ROOT).replace(' ', '-');
  }

  private void boots() {
    HtmlTable table =
        new HtmlTable(
            " trace",
            " strategy",
            "published, s",
            "model, s",
            "error, %",
            "discards",
            "double-alloc");
    boolean any = false;
    for (String workload : samples.cells().stream().map(Cell::workload).distinct().toList()) {
      BootTable boot = BootTable.of(samples, env, workload);
      if (boot != null) {
        any = true;
        boot.rows().forEach(r -> boot(table, workload, r));
      }
    }
    if (any) {
      out.append("<h2>Boot of a guest, published and modelled</h2>\n").append(table);
    }
  }

  private static void boot(HtmlTable table, String workload, BootTable.Row r) {
    double error = 100 * (r.modelS() - r.publishedS()) / r.publishedS();
    table.text(workload, r.strategy());
    table.number(r.publishedS(), r.isPublished() ? Units.decimal(r.publishedS(), 1) : "");
    table.number(r.modelS(), Units.decimal(r.modelS(), 1));
    table.number(error, r.isPublished() ? Units.decimal(error, 1) : "");
    table.number((double) r.discards(), Long.toString(r.discards()));
    table.number((double) r.doublePeakBytes(), Units.size(r.doublePeakBytes()));
  }

  private void cells() {
    HtmlTable table =
        new HtmlTable(
            " engine",
            " workload",
            " strategy",
            " backing",
            " tracker",
            "n",
            "total",
            "low",
            "high",
            "p50",
            "p99",
            "p99.9",
            "double-alloc",
            "tracker, bytes");
    samples
        .byCell()
        .forEach((cell, entries) -> {
          List<Repetition> fine = entries.stream().filter(e -> e.status() == Status.OK).toList();
          if (!fine.isEmpty()) {
            cell(table, cell, fine, env.ticks().unlessModelled(cell.isLive()));
          }
        });
    out.append("<h2 id=\"cells\">All cells: medians</h2>\n").append(table);
  }

  private static void cell(HtmlTable table, Cell c, List<Repetition> entries, Ticks ticks) {
    table.text(c.engine(), c.workload(), c.strategy(), c.backing(), c.tracker());
    table.number(entries.size(), c.isExact() ? "exact" : Integer.toString(entries.size()));
    Interval total = interval(entries, Declared.TOTAL_NS);
    table.number(total.median(), ticks.show(total.median()));
    table.number(total.low(), ticks.show(total.low()));
    table.number(total.high(), ticks.show(total.high()));
    for (Metric metric :
        List.of(
            Declared.CONVERT_P50_NS,
            Declared.CONVERT_P99_NS,
            Declared.CONVERT_P999_NS,
            Declared.DOUBLE_ALLOCATED_PEAK_BYTES,
            Declared.TRACKER_BYTES)) {
      double value = interval(entries, metric).median();
      table.number(value, metric.show(value, ticks));
    }
  }

  private static Interval interval(List<Repetition> entries, Metric metric) {
    return Interval.ofMedian(
        entries.stream().filter(e -> e.has(metric)).mapToDouble(e -> e.number(metric)).toArray());
  }

  private void notRun() {
    HtmlTable table = new HtmlTable(" cell", " status", " reason");
    long count = 0;
    for (Repetition e : samples.entries()) {
      if (e.status() != Status.OK) {
        String status = e.status() == Status.FAILED ? "failed" : "unsupported";
        table.text(ComparisonText.words(e.cell()), status, e.reason());
        count++;
      }
    }
    if (count > 0) {
      out.append("<details><summary>").append(count).append(" not run, or failed</summary>\n");
      out.append(table).append("</details>\n");
    }
  }

  private Map<String, String> charts() {
    Map<String, String> figures = new LinkedHashMap<>();
    int before = 0;
    for (var part : Charts.byHeading(results).entrySet()) {
      int first = before;
      List<Chart> charts = part.getValue();
      // drawing is most of the work, and every drawing is its own
      String drawn =
          IntStream.range(0, charts.size())
              .parallel()
              .mapToObj(i -> InlineSvg.figure(charts.get(i), first + i))
              .collect(Collectors.joining());
      figures.put(part.getKey(), drawn);
      before += charts.size();
    }
    return figures;
  }

  private void environment() {
    HtmlTable table = new HtmlTable(" fact", " value");
    env.facts().forEach((key, value) -> table.text(key, value));
    out.append("<details id=\"environment\"><summary>Environment</summary>\n");
    out.append(table).append("</details>\n");
  }

  private static String resource(String name) {
    try (InputStream in = Report.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
