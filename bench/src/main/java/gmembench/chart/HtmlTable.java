// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import gmembench.result.Metric;
import java.util.Arrays;

/** A table of a page; with script it can be sorted by any column. */
final class HtmlTable {
  private final StringBuilder out = new StringBuilder();
  private final boolean[] isText;
  private int column;

  /** A heading that begins with a blank is of a column of text. */
  HtmlTable(String... headings) {
    isText = new boolean[headings.length];
    out.append("<div class=\"wide\"><table class=\"sortable\"><thead><tr>");
    for (int i = 0; i < headings.length; i++) {
      isText[i] = headings[i].startsWith(" ");
      out.append(isText[i] ? "<th class=\"t\">" : "<th>");
      out.append(escape(headings[i].strip())).append("</th>");
    }
    out.append("</tr></thead><tbody>\n");
    column = headings.length;
  }

  private void next() {
    if (column == isText.length) {
      out.append("<tr>");
      column = 0;
    }
    column++;
  }

  private void end() {
    if (column == isText.length) {
      out.append("</tr>\n");
    }
  }

  HtmlTable text(String... values) {
    Arrays.stream(values)
        .forEach(value -> {
          next();
          String kind = value.length() > 60 ? "t long" : "t";
          out.append("<td class=\"").append(kind).append("\">").append(escape(value));
          out.append("</td>");
          end();
        });
    return this;
  }

  /** A number as it is read, and as it is sorted; NaN is an empty cell. */
  HtmlTable number(double value, String shown) {
    next();
    if (Double.isNaN(value)) {
      out.append("<td>-</td>");
    } else {
      out.append("<td data-v=\"").append(Metric.number(value)).append("\">");
      out.append(escape(shown)).append("</td>");
    }
    end();
    return this;
  }

  @Override
  public String toString() {
    return out + "</tbody></table></div>\n";
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
