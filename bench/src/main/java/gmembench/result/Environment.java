// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import module java.base;

import gmembench.InputException;
import gmembench.Ticks;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** What is in an env.csv: the host, and what the results are of. */
public record Environment(Map<String, String> facts) {
  public static Environment read(Path folder) {
    Map<String, String> facts = new LinkedHashMap<>();
    for (CSVRecord row : rows(folder.resolve("env.csv"), List.of("key", "value"))) {
      facts.put(row.get(0), row.get(1));
    }
    return new Environment(facts);
  }

  /** The rows of a small CSV file below its header, which must be this one. */
  public static List<CSVRecord> rows(Path file, List<String> header) {
    try (Reader in = Files.newBufferedReader(file);
        CSVParser csv = CSVParser.builder().setReader(in).setFormat(Samples.format()).get()) {
      List<CSVRecord> rows = new ArrayList<>(csv.getRecords());
      String expected = String.join(",", header);
      if (rows.isEmpty() || !rows.get(0).toList().equals(header)) {
        throw new InputException(file.toString(), 1, "another header", expected);
      }
      for (CSVRecord row : rows) {
        if (row.size() != header.size()) {
          throw new InputException(
              file.toString(), row.getRecordNumber(), row.size() + " columns", expected);
        }
      }
      return rows.subList(1, rows.size());
    } catch (NoSuchFileException e) {
      throw new InputException(file.toString(), "is missing", "a results folder of gmembench");
    } catch (IOException | UncheckedIOException e) {
      throw new InputException(file.toString(), "cannot be read (" + e + ")", "RFC 4180");
    }
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

  /** Of two runs' values of a fact: the first, unless the larger is what matters. */
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

  public long number(String key) {
    return Long.parseLong(facts.getOrDefault(key, "0"));
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
