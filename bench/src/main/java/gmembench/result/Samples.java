// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.InputException;
import gmembench.InputFile;
import gmembench.Text;
import gmembench.result.Repetition.Status;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * What is in a samples.csv: the repetitions of every cell. The last line of a repetition is its
 * {@code state_hash}; a repetition at the end of the file that lacks it was cut short by a signal
 * or a full disk and is left out.
 *
 * @param byCell the entries of every cell, in file order
 */
public record Samples(
    Path file, List<Repetition> entries, SequencedMap<Cell, List<Repetition>> byCell) {
  public static final List<String> COLUMNS =
      Cell.row(List.of("run"), Cell.COLUMNS, List.of("rep", "status", "reason", "metric", "value"));

  private static final CSVFormat FORMAT =
      CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();

  public Samples(Path file, List<Repetition> entries) {
    this(file, entries, byCell(entries));
  }

  private static SequencedMap<Cell, List<Repetition>> byCell(List<Repetition> entries) {
    SequencedMap<Cell, List<Repetition>> map = new LinkedHashMap<>();
    entries.forEach(e -> map.computeIfAbsent(e.cell(), c -> new ArrayList<>()).add(e));
    return Collections.unmodifiableSequencedMap(map);
  }

  /** The CSV dialect of every file: RFC 4180, LF. */
  public static CSVFormat format() {
    return FORMAT;
  }

  /** Reads the samples.csv of a results folder. */
  public static Samples read(Path folder) {
    Path file = folder.resolve("samples.csv");
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          folder.toString(), "holds no samples.csv", "a results folder of gmembench");
    }
    try (CSVParser csv = CSVParser.parse(wholeLines(file), FORMAT)) {
      return new Samples(file, new Parser(file.toString()).parse(csv));
    } catch (IOException e) {
      throw new UncheckedIOException("from memory", e);
    }
  }

  /** A file of a results folder; what a killed process has written of a line does not count. */
  static String wholeLines(Path file) {
    String text = InputFile.text(file, "a results folder of gmembench");
    return text.substring(0, text.lastIndexOf('\n') + 1);
  }

  /** The cells in the order in which they first appear. */
  public Set<Cell> cells() {
    return byCell.keySet();
  }

  /** What is of some cells. */
  public Samples only(Predicate<Cell> wanted) {
    return new Samples(file, entries.stream().filter(e -> wanted.test(e.cell())).toList());
  }

  /** These, and those of other results. */
  public Samples and(Samples others) {
    List<Repetition> all = new ArrayList<>(entries);
    all.addAll(others.entries);
    return new Samples(file, List.copyOf(all));
  }

  /** Values of a metric of a cell, one for each repetition that has it, in file order. */
  public double[] values(Cell cell, Metric metric) {
    return byCell.getOrDefault(cell, List.of()).stream()
        .filter(e -> e.has(metric))
        .mapToDouble(e -> e.number(metric))
        .toArray();
  }

  /** Turns rows into entries and complains by line. */
  private static final class Parser {
    private final String file;
    private final List<Repetition> entries = new ArrayList<>();
    private final Set<List<String>> seen = new LinkedHashSet<>();
    private List<String> key = List.of();
    private Metrics metrics = new Metrics();
    private Status status = Status.OK;
    private int rep;
    private long line;

    Parser(String file) {
      this.file = file;
    }

    List<Repetition> parse(CSVParser csv) {
      boolean header = true;
      try {
        for (CSVRecord row : csv) {
          line = csv.getCurrentLineNumber();
          if (header) {
            checkHeader(row);
            header = false;
          } else if (row.size() == COLUMNS.size()) {
            row(row);
          } else {
            throw error(row.size() + " columns", COLUMNS.size() + " columns");
          }
        }
      } catch (UncheckedIOException e) {
        if (!(e.getCause() instanceof CSVException)) {
          throw e;
        }
        throw error("broken quoting", "RFC 4180");
      }
      if (header) {
        throw new InputException(file, 1, "is empty", String.join(",", COLUMNS));
      }
      finish(true);
      return entries;
    }

    private void checkHeader(CSVRecord row) {
      if (!row.toList().equals(COLUMNS)) {
        throw new InputException(
            file, 1, "another schema: " + String.join(",", row), String.join(",", COLUMNS));
      }
    }

    private void row(CSVRecord row) {
      List<String> rowKey = row.toList().subList(0, 10);
      if (!rowKey.equals(key)) {
        finish(false);
        key = List.copyOf(rowKey);
        key.subList(0, 7).forEach(name -> Text.requireName(name, file + ":" + line));
        rep = rep(key.get(7)); // here, so that a complaint has the right line
        status = status(key.get(8));
      }
      String metric = row.get(10);
      String value = row.get(11);
      if (metric.isEmpty() != value.isEmpty()) {
        throw error("metric '" + metric + "' = '" + value + "'", "both or neither");
      }
      if (!metric.isEmpty()) {
        add(metric, value);
      }
    }

    private void add(String metric, String value) {
      Text.requireName(metric, file + ":" + line);
      try {
        if (!metrics.read(metric, value)) {
          throw error("metric " + metric + " twice in one repetition", "each once");
        }
      } catch (NumberFormatException e) {
        throw error(metric + " = '" + value + "'", "a number from 0 to below 2^63");
      }
    }

    /** A repetition that is over; one that ends with the file may be cut short. */
    private void finish(boolean atEnd) {
      if (key.isEmpty()) {
        return;
      }
      boolean whole = status != Status.OK || metrics.has(Declared.STATE_HASH);
      if (whole && status == Status.OK && !isTimed()) {
        throw error("a repetition without a time", "total_ns or ns_per_op of each that is ok");
      } else if (whole) {
        add();
      } else if (!atEnd) {
        throw error(
            "a repetition without " + Declared.STATE_HASH.name(),
            "every repetition whole but the last");
      }
      metrics = new Metrics();
    }

    private boolean isTimed() {
      return metrics.has(Declared.TOTAL_NS) || metrics.has(Declared.NS_PER_OP);
    }

    private void add() {
      Cell cell = Cell.of(key.subList(1, 7));
      if (!seen.add(key.subList(0, 8))) {
        throw error("repetition " + key.get(7) + " of " + cell.path() + " twice", "each once");
      }
      entries.add(
          new Repetition(key.get(0), cell, rep, status, key.get(9), metrics, Map.of(), List.of()));
    }

    private int rep(String text) {
      try {
        return text.isEmpty() ? 0 : Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw error("rep '" + text + "'", "a whole number or nothing");
      }
    }

    private Status status(String text) {
      for (Status status : Status.values()) {
        if (status.name().toLowerCase(Locale.ROOT).equals(text)) {
          return status;
        }
      }
      throw error("status '" + text + "'", "ok, unsupported or failed");
    }

    private InputException error(String what, String expected) {
      return new InputException(file, line, what, expected);
    }
  }
}
