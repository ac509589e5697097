// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.result.Fact;

/** A comparison as a comment of a pull request: the verdict first, bounded in size. */
@AutoService(ComparisonFormat.class)
public record ComparisonMarkdown() implements ComparisonFormat {
  /** GitHub refuses comments of 65,536 characters; a table is cut long before. */
  private static final int MOST_CHARACTERS = 50_000;

  private static final int MOST_ROWS = 60;

  @Override
  public String why() {
    return "a comment of a pull request: the verdict first, bounded in size";
  }

  @Override
  public String text(Comparison c) {
    StringBuilder out = new StringBuilder();
    out.append("### gmembench: ").append(escape(c.headline())).append("\n\n");
    AcrossMarkdown.append(out, c);
    c.notes().forEach(n -> out.append("> ").append(escape(n)).append("\n\n"));
    List<Difference> urgent = new ArrayList<>();
    for (Verdict verdict : EnumSet.range(Verdict.WORSE, Verdict.BETTER)) {
      urgent.addAll(c.rows(verdict));
    }
    if (!urgent.isEmpty()) {
      table(out, c, urgent);
    }
    details(out, c, "differ, unpaired", c.rows(Verdict.DIFFERS_UNPAIRED));
    details(out, c, "inconclusive", c.rows(Verdict.INCONCLUSIVE));
    details(out, c, "only in BASE", c.rows(Verdict.ONLY_IN_BASE));
    details(out, c, "only in HEAD", c.rows(Verdict.ONLY_IN_HEAD));
    List<Difference> measured =
        c.rows(Verdict.EQUIVALENT).stream().filter(r -> !Double.isNaN(r.p())).toList();
    details(out, c, "equivalent, measured", measured);
    int same = c.rows(Verdict.EQUIVALENT).size() - measured.size();
    out.append("Exact and the same: ").append(same).append(same == 1 ? " value" : " values");
    out.append(".\n\n");
    environment(out, c);
    return out.toString();
  }

  private static void details(
      StringBuilder out, Comparison c, String title, List<Difference> rows) {
    if (!rows.isEmpty()) {
      out.append("<details><summary>").append(rows.size()).append(' ').append(title);
      out.append("</summary>\n\n");
      table(out, c, rows);
      out.append("</details>\n\n");
    }
  }

  private static void table(StringBuilder out, Comparison c, List<Difference> rows) {
    out.append("| verdict | cell | metric | base | head | change | 95 % | n | p | |\n");
    out.append("|---|---|---|--:|--:|--:|--:|--:|--:|---|\n");
    int done = 0;
    for (Difference row : rows) {
      if (done == MOST_ROWS || out.length() > MOST_CHARACTERS) {
        break;
      }
      row(out, c, row);
      done++;
    }
    out.append('\n');
    if (done < rows.size()) {
      out.append("... and ").append(rows.size() - done).append(" more: `--format csv`.\n\n");
    }
  }

  private static void row(StringBuilder out, Comparison c, Difference r) {
    boolean tested = !Double.isNaN(r.p());
    String note = r.more() > 0 ? ComparisonText.more(r) : "";
    note += note.isEmpty() || r.note().isEmpty() ? r.note() : "; " + r.note();
    String verdict = r.verdict().text();
    List<String> cells =
        List.of(
            r.isRegression() ? "**" + verdict + "**" : verdict,
            escape(ComparisonText.words(r.cell())),
            r.metric().name(),
            ComparisonText.value(c, r, r.base()),
            ComparisonText.value(c, r, r.head()),
            r.effect().percent(),
            tested ? r.effect().range() : "-",
            r.count(),
            tested ? escape(ComparisonText.p(r.pHolm()).replace("=", "")) : "-",
            escape(note));
    out.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static void environment(StringBuilder out, Comparison c) {
    out.append("<details><summary>environment</summary>\n\n");
    out.append("- base: ").append(escape(ComparisonText.side(c.base()))).append('\n');
    out.append("- head: ").append(escape(ComparisonText.side(c.head()))).append('\n');
    for (Fact fact :
        List.of(Fact.CPU, Fact.CPUS, Fact.GOVERNOR, Fact.THP, Fact.JVM, Fact.CMDLINE)) {
      String key = fact.key();
      String value = c.head().env().get(key);
      if (!value.isEmpty()) {
        out.append("- ").append(key).append(": ").append(escape(value)).append('\n');
      }
    }
    out.append("\n").append(escape(ComparisonText.rules(c))).append("\n\n</details>\n");
  }

  /** What others wrote (reasons, labels, paths) must not become markup. */
  static String escape(String text) {
    return text.replaceAll("\\s+", " ")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replaceAll("([|\\\\`*_\\[\\]@])", "\\\\$1");
  }
}
