// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.result.Metric;
import gmembench.result.Metric.Better;

/**
 * HEAD's values as the array that continuous-benchmark actions keep a history of; each such array
 * has one direction for all.
 */
@AutoService(ComparisonFormat.class)
public record ComparisonJson() implements ComparisonFormat {
  @Override
  public String why() {
    return "values of HEAD that are better smaller, for actions that keep a history";
  }

  @Override
  public String text(Comparison comparison) {
    return array(comparison, Better.LOWER);
  }

  static String array(Comparison comparison, Better better) {
    List<String> items = new ArrayList<>();
    for (Difference row : comparison.rows()) {
      boolean number = row.head().n() > 0 && Double.isFinite(row.head().median());
      if (number && row.metric().better() == better) {
        items.add(item(row));
      }
    }
    return items.isEmpty() ? "[]\n" : "[\n" + String.join(",\n", items) + "\n]\n";
  }

  private static String item(Difference row) {
    String name = ComparisonText.words(row.cell()) + " " + row.metric().name();
    String range = range(row);
    String extra =
        row.verdict().text() + ", base " + Metric.number(row.base().median()) + ", " + row.count();
    return Units.format(
        "  {\"name\": %s, \"unit\": %s, \"value\": %s, \"range\": %s, \"extra\": %s}",
        quote(name),
        quote(row.metric().unit().text()),
        Metric.number(row.head().median()),
        quote(range),
        quote(extra));
  }

  private static String range(Difference row) {
    if (row.kind() == Difference.Kind.EXACT) {
      return "exact";
    }
    String range = row.effect().range();
    return range.equals("-") ? "" : range + " % of base";
  }

  static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.chars()
        .forEach(c -> {
          if (c == '"' || c == '\\') {
            out.append('\\').append((char) c);
          } else if (c < ' ' || c == '<') {
            out.append(Units.format("\\u%04x", c));
          } else {
            out.append((char) c);
          }
        });
    return out.append('"').toString();
  }
}
