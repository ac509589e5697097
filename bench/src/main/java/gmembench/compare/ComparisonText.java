// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.result.Cell;
import gmembench.result.Environment;
import gmembench.result.Metric;
import gmembench.result.Results;

/** A comparison as plain text of 72 columns: fit for a mailing list. */
@AutoService(ComparisonFormat.class)
public record ComparisonText() implements ComparisonFormat {
  private static final int WIDTH = 72;

  @Override
  public String why() {
    return "plain text of 72 columns, fit for a mailing list";
  }

  @Override
  public String text(Comparison c) {
    StringBuilder out = new StringBuilder();
    wrap(out, "", c.headline());
    wrap(out, "base  ", side(c.base()));
    wrap(out, "head  ", side(c.head()));
    wrap(out, "      ", rules(c));
    c.notes().forEach(n -> wrap(out, "note  ", n));
    for (Verdict verdict : Verdict.values()) {
      List<Difference> rows = c.rows(verdict);
      if (verdict == Verdict.EQUIVALENT) {
        measured(out, c, rows);
      } else if (!rows.isEmpty()) {
        section(out, c, verdict.text(), rows);
      }
    }
    return out.toString();
  }

  static String side(Results side) {
    Environment env = side.env();
    String commit = env.get("commit").isEmpty() ? "" : ", commit " + env.get("commit");
    return side.folder() + commit + ", host " + env.get("host") + ", kernel " + env.get("kernel");
  }

  /** How it was judged, in words. */
  static String rules(Comparison c) {
    String threshold = Metric.number(Math.round(c.threshold() * 1e6) / 1e4);
    return "Threshold "
        + threshold
        + " % for what is measured; what is exact counts whatever its size. Lower is better."
        + " Intervals: 95 %, bootstrap; p: Holm over all tests.";
  }

  /** Equivalent by measurement is a finding; equal by computation is only counted. */
  private static void measured(StringBuilder out, Comparison c, List<Difference> rows) {
    List<Difference> live = rows.stream().filter(r -> !Double.isNaN(r.p())).toList();
    if (!live.isEmpty()) {
      section(out, c, "equivalent", live);
    }
    int same = rows.size() - live.size();
    if (same > 0) {
      out.append("\nexact and the same: ")
          .append(same)
          .append(same == 1 ? " value\n" : " values\n");
    }
  }

  private static void section(
      StringBuilder out, Comparison c, String title, List<Difference> rows) {
    out.append('\n').append(title).append('\n');
    Map<Cell, List<Difference>> cells = new LinkedHashMap<>();
    rows.forEach(r -> cells.computeIfAbsent(r.cell(), x -> new ArrayList<>()).add(r));
    cells.forEach((cell, of) -> {
      wrap(out, "  ", words(cell));
      of.stream()
          .map(row -> line(c, row))
          .filter(l -> !l.isEmpty())
          .forEach(l -> wrap(out, "    ", l));
    });
  }

  /** The parts of a cell, apart from what is empty. */
  public static String words(Cell c) {
    Set<String> words = new LinkedHashSet<>();
    for (String part : c.path().split("/", -1)) {
      if (!part.isEmpty()) {
        words.add(part);
      }
    }
    return String.join(" ", words);
  }

  private static String line(Comparison c, Difference row) {
    List<String> parts = new ArrayList<>();
    if (row.base().n() + row.head().n() > 0) {
      parts.add(row.metric().name());
      parts.add(value(c, row, row.base()) + " -> " + value(c, row, row.head()));
    }
    if (row.effect().isKnown()) {
      String range = row.p() >= 0 ? " (" + row.effect().range() + ")" : "";
      parts.add(row.effect().percent() + range);
    }
    if (!row.count().equals("-")) {
      parts.add((row.p() >= 0 ? "p" + p(row.pHolm()) + "  " : "") + row.count());
    }
    if (row.more() > 0) {
      parts.add(more(row));
    }
    if (!row.note().isEmpty()) {
      parts.add(row.note());
    }
    return String.join("  ", parts);
  }

  static String value(Comparison c, Difference row, Difference.Sample sample) {
    return row.metric().isText() && sample.n() > 0
        ? sample.text()
        : row.metric().show(sample.median(), c.ticks(row.cell()));
  }

  static String p(double p) {
    return p < 0.001 ? "<0.001" : "=" + Units.decimal(p, 3);
  }

  static String more(Difference row) {
    String what = row.kind() == Difference.Kind.PAIRED ? " more pair" : " more repetition";
    return "needs about " + row.more() + what + (row.more() == 1 ? "" : "s");
  }

  /** Breaks at blanks; what goes on is indented below what it belongs to. */
  static void wrap(StringBuilder out, String indent, String text) {
    String next = " ".repeat(indent.length()) + (indent.isBlank() ? "  " : "");
    StringBuilder line = new StringBuilder(indent);
    boolean first = true;
    for (String part : text.split("(?<=\\S)(?= )", -1)) {
      String piece = first ? part : part.replaceFirst("^ (?=\\S)", " ");
      if (!first && line.length() + piece.length() > WIDTH) {
        out.append(line).append('\n');
        line = new StringBuilder(next);
        piece = piece.strip();
      }
      line.append(piece);
      first = false;
    }
    out.append(line.toString().stripTrailing()).append('\n');
  }
}
