// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.InputException;
import gmembench.InputFile;
import gmembench.TomlFile;
import gmembench.mm.Term;
import gmembench.result.ResultFolder;
import gmembench.result.Samples;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Measured figures in a file, from which costs are fitted without the machine: {@code figures.csv}.
 * Lines that begin with # are TOML that says where they are from; a row is a figure, its section
 * and state, how often a call does what each term counts, and what a call took in ns.
 */
public final class FiguresFile {
  /** Its name, beside the profile. */
  public static final String NAME = "figures.csv";

  private static final String COMMENT = "# ";
  private static final int NAMES = 2;

  private FiguresFile() {}

  /** A file's text. */
  public static String of(Calibration.Figures figures) {
    StringBuilder out = new StringBuilder();
    figures.origin().text().lines().forEach(l -> out.append(COMMENT).append(l).append('\n'));
    List<Term> terms = new ArrayList<>(List.of(Term.values()));
    terms.removeIf(t -> figures.all().noneMatch(p -> p.count(t) != 0));
    List<String> header = new ArrayList<>(List.of("section", "state"));
    terms.forEach(term -> header.add(term.label()));
    header.addAll(List.of("ns", "repetitions"));
    out.append(ResultFolder.line(header));
    figures
        .points()
        .forEach((section, points) ->
            points.forEach(p -> out.append(ResultFolder.line(row(section, p, terms)))));
    return out.toString();
  }

  private static List<String> row(String section, Point point, List<Term> terms) {
    List<String> row = new ArrayList<>(List.of(section, point.what()));
    terms.forEach(term -> row.add(number(point.count(term))));
    row.add(number(point.ns()));
    row.add(Integer.toString(point.rounds()));
    return row;
  }

  /** So that the same is read again. */
  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /** Reads what {@link #of} wrote, to be fitted by all of its terms. */
  public static Calibration.Figures read(Path path) {
    String text = InputFile.text(path, "a figures.csv of calibrate");
    StringBuilder origin = new StringBuilder();
    int comments = 0;
    for (String line : text.lines().takeWhile(l -> l.startsWith(COMMENT)).toList()) {
      origin.append(line.substring(COMMENT.length())).append('\n');
      comments++;
    }
    String rest = text.lines().skip(comments).reduce("", (a, b) -> a + b + "\n");
    Origin from = Origin.read(TomlFile.of(path, origin.toString()));
    return new Calibration.Figures(from, new Rows(path, comments).read(rest));
  }

  /** The rows below so many lines. */
  private record Rows(Path path, int above) {
    Map<String, List<Point>> read(String text) {
      Map<String, List<Point>> sections = new LinkedHashMap<>();
      List<Term> terms = null;
      int width = 0;
      try (CSVParser csv =
          CSVParser.builder().setReader(new StringReader(text)).setFormat(Samples.format()).get()) {
        for (CSVRecord row : csv) {
          long line = above + csv.getCurrentLineNumber();
          if (terms == null) {
            terms = terms(row, line);
            width = row.size();
          } else if (row.size() != width) {
            throw error(line, row.size() + " columns", width + " columns");
          } else {
            sections
                .computeIfAbsent(section(row, line), s -> new ArrayList<>())
                .add(point(row, terms, line));
          }
        }
      } catch (IOException | UncheckedIOException e) {
        throw error(above + 1L, "broken quoting", "RFC 4180");
      }
      if (sections.isEmpty()) {
        throw error(above + 1L, "no figures", "section,state,TERM...,ns,repetitions and rows");
      }
      return sections;
    }

    private List<Term> terms(CSVRecord header, long line) {
      List<String> columns = header.toList();
      int end = columns.size() - 2;
      if (end <= NAMES
          || !columns.subList(0, NAMES).equals(List.of("section", "state"))
          || !columns.subList(end, end + 2).equals(List.of("ns", "repetitions"))) {
        throw error(line, "another header", "section,state,TERM...,ns,repetitions");
      }
      List<Term> terms = new ArrayList<>();
      for (String column : columns.subList(NAMES, end)) {
        Term term = Term.parse(column, path + ":" + line);
        if (terms.contains(term)) {
          throw error(line, "column " + column + " again", "each once");
        }
        terms.add(term);
      }
      return terms;
    }

    private String section(CSVRecord row, long line) {
      String section = row.get(0);
      if (!section.matches("[a-z0-9-]+(\\.[a-z0-9-_]+){1,2}")) {
        throw error(line, "section '" + section + "'", "a section such as memfd.touch.private");
      }
      return section;
    }

    private Point point(CSVRecord row, List<Term> terms, long line) {
      Map<Term, Double> counts = new EnumMap<>(Term.class);
      for (int i = 0; i < terms.size(); i++) {
        counts.put(terms.get(i), number(row.get(NAMES + i), line));
      }
      double ns = number(row.get(row.size() - 2), line);
      double rounds = number(row.get(row.size() - 1), line);
      if (ns <= 0 || rounds < 1 || rounds != Math.rint(rounds)) {
        throw error(line, "ns " + ns + " of " + rounds + " repetitions", "more than 0, whole");
      }
      return new Point(row.get(1), counts, ns, (int) rounds);
    }

    private double number(String text, long line) {
      try {
        double number = Double.parseDouble(text);
        if (number >= 0 && number < Double.POSITIVE_INFINITY) {
          return number;
        }
      } catch (NumberFormatException e) {
        // said below
      }
      throw error(line, "'" + text + "'", "a number, 0 or more");
    }

    private InputException error(long line, String what, String expected) {
      return new InputException(path.toString(), line, what, expected);
    }
  }
}
