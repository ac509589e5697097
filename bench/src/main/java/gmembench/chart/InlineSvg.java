// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

/** A chart as part of a page: it grows and shrinks, and its ids do not clash with another's. */
final class InlineSvg {
  private static final Pattern TAG = Pattern.compile("<[^>]+>");
  private static final Pattern LONG_DECIMALS = Pattern.compile("(\\d\\.\\d)\\d+");

  private InlineSvg() {}

  static String figure(Chart chart, int number) {
    String svg = new String(chart.svg(), StandardCharsets.UTF_8);
    String prefix = "c" + number + "-";
    int start = svg.indexOf("<svg");
    int end = svg.indexOf('>', start);
    String body =
        rounded(svg.substring(end + 1))
            .replace("id=\"", "id=\"" + prefix)
            .replace("url(#", "url(#" + prefix)
            .replace("href=\"#", "href=\"#" + prefix);
    String root =
        svg.substring(start, end)
            .replaceFirst(" width=\"\\d+\"", "")
            .replaceFirst(" height=\"\\d+\"", "")
            .strip();
    String title = HtmlTable.escape(chart.drawing().getTitle().getText());
    return "<figure id=\""
        + HtmlTable.escape(chart.name())
        + "\">"
        + root
        + " viewBox=\"0 0 "
        + chart.width()
        + " "
        + chart.height()
        + "\" role=\"img\" aria-label=\""
        + title
        + "\">"
        + body.strip()
        + "</figure>\n";
  }

  /** A tenth of a pixel is as fine as anyone sees; text between tags is left as it is. */
  private static String rounded(String svg) {
    Matcher tags = TAG.matcher(svg);
    StringBuilder out = new StringBuilder(svg.length());
    while (tags.find()) {
      String tag = LONG_DECIMALS.matcher(tags.group()).replaceAll("$1").replaceAll("\\s+", " ");
      tags.appendReplacement(out, Matcher.quoteReplacement(tag));
    }
    return tags.appendTail(out).toString();
  }
}
