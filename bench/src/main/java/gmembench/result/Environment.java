// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.InputException;
import gmembench.InputFile;
import gmembench.Ticks;
import gmembench.Units;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** What is in an env.csv: the host, and what the results are of. */
public record Environment(Map<String, String> facts) {
  /** Facts that are computed with; of others nobody expects numbers. */
  private static final Pattern SECONDS =
      Pattern.compile("workload\\..+\\.boot\\.(base_s|published_s\\..+)");

  private static final Pattern WHOLE =
      Pattern.compile(
          "workload\\..+\\.(guest_bytes|(pages_)?to_(shared|private)|distinct_pages|vcpus|vms)"
              + "|costs\\..+(_ns|\\.fit\\.data)|reference_ns(_end)?");

  public static Environment read(Path folder) {
    Map<String, String> facts = new LinkedHashMap<>();
    Path file = folder.resolve("env.csv");
    for (CSVRecord row : rows(file, List.of("key", "value"))) {
      if (SECONDS.matcher(row.get(0)).matches()) {
        decimal(file, row, 1);
      } else if (WHOLE.matcher(row.get(0)).matches()) {
        whole(file, row, 1);
      }
      facts.put(row.get(0), row.get(1));
    }
    return new Environment(facts);
  }

  /** The rows of a small CSV file below its header, which must be this one. */
  public static List<CSVRecord> rows(Path file, List<String> header) {
    return rows(file, InputFile.text(file, "a results folder of gmembench"), header);
  }

  /** The same of a text; a row is a line, so that its number is the line's. */
  static List<CSVRecord> rows(Path file, String text, List<String> header) {
    List<CSVRecord> rows = new ArrayList<>();
    String expected = String.join(",", header);
    try (CSVParser csv = CSVParser.parse(text, Samples.format())) {
      for (CSVRecord row : csv) {
        rows.add(row);
        if (rows.size() == 1 && !row.toList().equals(header)) {
          throw new InputException(file.toString(), 1, "another header", expected);
        } else if (row.size() != header.size()) {
          throw new InputException(file.toString(), rows.size(), row.size() + " columns", expected);
        } else if (row.stream().anyMatch(value -> value.contains("\n"))) {
          throw new InputException(file.toString(), rows.size(), "a line feed", "a row a line");
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw new InputException(file.toString(), rows.size() + 1L, "broken quoting", "RFC 4180");
    }
    if (rows.isEmpty()) {
      throw new InputException(file.toString(), 1, "is empty", expected);
    }
    return rows.subList(1, rows.size());
  }

  /** A column as a whole number, 0 or more, decimal or 0x. */
  public static long whole(Path file, CSVRecord row, int column) {
    String where = file + ":" + row.getRecordNumber();
    long value = Units.number(row.get(column), where);
    if (value < 0) {
      throw new InputException(where, "'" + value + "'", "0 or more");
    }
    return value;
  }

  /** A column as a number, 0 or more. */
  public static double decimal(Path file, CSVRecord row, int column) {
    String where = file + ":" + row.getRecordNumber();
    double value = Units.real(row.get(column), where);
    if (value < 0) {
      throw new InputException(where, "'" + value + "'", "0 or more");
    }
    return value;
  }

  /** A fact, or nothing. */
  public String get(String key) {
    return facts.getOrDefault(key, "");
  }

  /** The unit of what was measured live. */
  public Ticks ticks() {
    return Ticks.of(get(Ticks.FACT));
  }

  /** A fact as a number, 0 if it is none. */
  double decimal(Fact fact) {
    return decimal(get(fact.key()));
  }

  /** The one of two runs' values of a fact that holds for both: the first, or the larger. */
  public static String ofBoth(String key, String first, String second) {
    boolean isMore = Fact.matters(key, Fact.Use.LARGEST) && decimal(second) > decimal(first);
    return isMore ? second : first;
  }

  private static double decimal(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** A whole number; 0 if there is none. */
  public long number(String key) {
    return Units.number(facts.getOrDefault(key, "0"), key);
  }

  /** A number; NaN if there is none. */
  public double real(String key) {
    return Double.parseDouble(facts.getOrDefault(key, "NaN"));
  }

  /** Facts whose keys begin with a prefix, without it. */
  public Map<String, String> below(String prefix) {
    Map<String, String> some = new LinkedHashMap<>();
    facts.forEach((key, value) -> {
      if (key.startsWith(prefix)) {
        some.put(key.substring(prefix.length()), value);
      }
    });
    return some;
  }
}
