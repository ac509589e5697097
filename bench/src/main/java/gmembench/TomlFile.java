// SPDX-License-Identifier: Apache-2.0
package gmembench;

import module java.base;

import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlInvalidTypeException;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * A TOML file read strictly: every complaint has the file and line, and a key that nobody asked for
 * is an error ({@link #rejectUnknown}).
 */
public final class TomlFile {
  private static final int MOST_SHOWN = 12;

  private final Path path;
  private final String text;
  private final TomlTable root;
  private final int firstLine;

  /** Costs are looked up by several threads at a time. */
  private final Set<String> used = new ConcurrentSkipListSet<>();

  private TomlFile(Path path, String text, TomlTable root, int firstLine) {
    this.path = path;
    this.text = text;
    this.root = root;
    this.firstLine = firstLine;
  }

  public static TomlFile read(Path path) {
    return of(path, text(path));
  }

  /** Text that never was a file; the path is what complaints name. */
  public static TomlFile of(Path path, String text) {
    TomlParseResult root = Toml.parse(text);
    if (root.hasErrors()) {
      TomlParseError e = root.errors().get(0);
      String what = String.valueOf(e.getMessage()).replace('\n', ' ');
      throw new InputException(path.toString(), e.position().line(), what, "TOML 1.0");
    }
    return new TomlFile(path, text, root, 1);
  }

  private static String text(Path path) {
    return InputFile.text(path, "a readable TOML file");
  }

  public Path path() {
    return path;
  }

  /** The first sentence of the header comment, which every file must have. */
  public String why() {
    return why(path, text);
  }

  /** The same without parsing the rest: a list of many files is asked for often. */
  public static String why(Path path) {
    return why(path, text(path));
  }

  private static String why(Path path, String text) {
    StringBuilder comment = new StringBuilder();
    for (String line : text.lines().takeWhile(l -> l.startsWith("#")).toList()) {
      String words = line.substring(1).strip();
      if (!words.startsWith("SPDX-")) {
        comment.append(comment.isEmpty() ? "" : " ").append(words);
      }
    }
    if (comment.isEmpty()) {
      throw new InputException(path.toString(), 1, "no header comment", "# why this file exists");
    }
    int stop = comment.indexOf(". ");
    return stop < 0 ? comment.toString().replaceFirst("\\.$", "") : comment.substring(0, stop);
  }

  public boolean has(String key) {
    return root.contains(key);
  }

  public String string(String key) {
    return get(key, String.class, "a string in quotes");
  }

  public String string(String key, String otherwise) {
    return has(key) ? string(key) : otherwise;
  }

  public long number(String key, long least) {
    long value = get(key, Long.class, "a whole number");
    if (value < least) {
      throw error(key, key + " = " + value, "at least " + least);
    }
    return value;
  }

  public long number(String key, long least, long otherwise) {
    return has(key) ? number(key, least) : otherwise;
  }

  /** Seconds, whole or decimal, as nanoseconds. */
  public long seconds(String key) {
    Object value = get(key, Object.class, "seconds");
    if (value instanceof Number n && n.doubleValue() >= 0 && n.doubleValue() < 9e9) {
      return Math.round(n.doubleValue() * 1e9);
    }
    throw error(key, key + " = " + value, "seconds such as 32.0");
  }

  /** A size in quotes, a multiple of 4 KiB. */
  public long bytes(String key) {
    long bytes = Units.bytes(string(key), at(key));
    if (bytes <= 0 || bytes % Units.PAGE_BYTES != 0) {
      throw error(key, key + " = \"" + string(key) + "\"", "whole pages of 4 KiB, one or more");
    }
    return bytes;
  }

  public List<String> strings(String key) {
    TomlArray array = get(key, TomlArray.class, "a list of strings");
    List<String> strings = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      if (!(array.get(i) instanceof String s)) {
        throw error(key, key + " holds " + array.get(i), "a list of strings");
      }
      strings.add(s);
    }
    return strings;
  }

  /**
   * The tables of an array {@code [[key]]}, each to be read and checked for unknown keys like a
   * file; empty if there is none.
   */
  public List<TomlFile> tables(String key) {
    List<TomlFile> tables = new ArrayList<>();
    if (has(key)) {
      TomlArray array = get(key, TomlArray.class, "tables [[" + key + "]]");
      for (int i = 0; i < array.size(); i++) {
        if (!(array.get(i) instanceof TomlTable table)) {
          throw error(key, key + " holds " + array.get(i), "tables [[" + key + "]]");
        }
        tables.add(new TomlFile(path, text, table, array.inputPositionOf(i).line()));
      }
    }
    return tables;
  }

  /** The keys of a table; empty if there is no such table. */
  public Set<String> keys(String table) {
    return has(table) ? bareKeys(get(table, TomlTable.class, "a table [" + table + "]")) : Set.of();
  }

  /** The keys at the top. */
  public Set<String> keys() {
    return bareKeys(root);
  }

  /** Keys in quotes could not be asked for by their dotted path; no key of ours needs them. */
  private Set<String> bareKeys(TomlTable table) {
    for (String key : table.keySet()) {
      if (!key.matches("[A-Za-z0-9_-]+")) {
        throw new InputException(
            path.toString(), 1, "key '" + key + "'", "letters, digits, - and _");
      }
    }
    return table.keySet();
  }

  /** What is in a table but not among {@code without}, as plug-in options. */
  public Map<String, String> options(String table, Set<String> without) {
    Map<String, String> options = new LinkedHashMap<>();
    for (String key : keys(table)) {
      if (!without.contains(key)) {
        Object value = get(table + "." + key, Object.class, "a value");
        options.put(key.replace('_', '-'), String.valueOf(value));
      }
    }
    return options;
  }

  private <T> T get(String key, Class<T> type, String expected) {
    used.add(key);
    Object value;
    try {
      value = root.get(key);
    } catch (TomlInvalidTypeException e) {
      throw error(key, key + " is inside what is no table", expected);
    } catch (IllegalArgumentException e) { // a key that a file names
      throw error(key, "'" + key + "' is no key", expected);
    }
    if (value == null) {
      throw new InputException(path.toString(), firstLine, "no " + key, key + " = " + expected);
    }
    if (!type.isInstance(value)) {
      throw error(key, key + " = " + value, expected);
    }
    return type.cast(value);
  }

  /** To be called when everything known has been read. */
  public void rejectUnknown() {
    for (String key : root.dottedKeySet()) {
      boolean known = used.stream().anyMatch(u -> key.equals(u));
      if (!known) {
        throw error(key, "unknown key '" + key + "'", "one of " + known(key));
      }
    }
  }

  /** Some known keys, those of the same table first: a cost profile has hundreds. */
  private String known(String unknown) {
    String table = unknown.substring(0, unknown.lastIndexOf('.') + 1);
    List<String> near = new ArrayList<>(used);
    near.sort(Comparator.comparing((String key) -> !key.startsWith(table)));
    String more = near.size() > MOST_SHOWN ? " ..." : "";
    return String.join(", ", near.subList(0, Math.min(near.size(), MOST_SHOWN))) + more;
  }

  public InputException error(String key, String what, String expected) {
    return new InputException(at(key), what, expected);
  }

  /** {@code file:line} of a key. */
  public String at(String key) {
    @Nullable TomlPosition position;
    try {
      position = root.inputPositionOf(key);
    } catch (TomlInvalidTypeException | IllegalArgumentException e) {
      position = null;
    }
    return path + ":" + (position == null ? firstLine : position.line());
  }

  /** {@code file:line} where it begins. */
  public String at() {
    return path + ":" + firstLine;
  }
}
