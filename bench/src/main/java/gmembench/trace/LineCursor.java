// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import module java.base;

import gmembench.InputException;

/** Walks over the words of a log line without making Strings of them. */
public final class LineCursor {
  private final LineReader in;
  private int from;
  private int to;
  private int nameAt;

  public LineCursor(LineReader in) {
    this.in = in;
  }

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Looks for the first of these names, wherever in the line it begins, and goes behind it: another
   * writer's text without a line feed may be before it. A name ends before a blank, a colon or a
   * parenthesis, or at the end of the line.
   *
   * @return the name's index, or -1
   */
  public int find(byte[]... names) {
    byte[] line = in.bytes();
    int length = in.length();
    for (int at = 0; at < length; at++) {
      for (int i = 0; i < names.length; i++) {
        int end = at + names[i].length;
        if (end <= length
            && line[at] == names[i][0]
            && (end == length || isEnd(line[end]))
            && Arrays.equals(line, at, end, names[i], 0, names[i].length)) {
          nameAt = at;
          to = end;
          return i;
        }
      }
    }
    return -1;
  }

  private static boolean isEnd(byte b) {
    return b == ' ' || b == ':' || b == '\t' || b == '(';
  }

  /** Between words: blanks, and what fields are written with, {@code (start: 1, end=2)}. */
  private static boolean isBlank(byte b) {
    return isEnd(b) || b == '=' || b == ',' || b == ')';
  }

  /** Where the name that was found begins: the prefix is what is before. */
  public int nameAt() {
    return nameAt;
  }

  /** The byte behind the word or name just found; a blank at the end of the line. */
  public byte after() {
    return to < in.length() ? in.bytes()[to] : (byte) ' ';
  }

  /** Goes to the next word; false at the end of the line. */
  public boolean next() {
    byte[] line = in.bytes();
    int length = in.length();
    from = to;
    while (from < length && isBlank(line[from])) {
      from++;
    }
    to = from;
    while (to < length && !isBlank(line[to])) {
      to++;
    }
    return to > from;
  }

  /** Goes to the next word, which must be this key, and reads the number behind it. */
  public long field(byte[] key, String form) {
    expect(key, form);
    return number(form);
  }

  /** Goes to the next word, which must be this one. */
  public void expect(byte[] word, String form) {
    if (!next() || !is(word)) {
      throw malformed(form);
    }
  }

  public boolean is(byte[] word) {
    return Arrays.equals(in.bytes(), from, to, word, 0, word.length);
  }

  /** The next word as a number, decimal or 0x, up to 2^63 - 1. */
  public long number(String form) {
    if (!next()) {
      throw malformed(form);
    }
    boolean hex = to - from > 2 && in.bytes()[from] == '0' && in.bytes()[from + 1] == 'x';
    return digits(hex ? from + 2 : from, to, hex ? 16 : 10, form);
  }

  /** The next word as a hexadecimal number, with or without 0x. */
  public long hexadecimal(String form) {
    if (!next()) {
      throw malformed(form);
    }
    boolean prefixed = to - from > 2 && in.bytes()[from] == '0' && in.bytes()[from + 1] == 'x';
    return digits(prefixed ? from + 2 : from, to, 16, form);
  }

  /** The next word as a hexadecimal number in brackets, {@code [0x8]}. */
  public long bracketed(String form) {
    byte[] line = in.bytes();
    if (!next() || to - from < 3 || line[from] != '[' || line[to - 1] != ']') {
      throw malformed(form);
    }
    boolean prefixed = to - from > 4 && line[from + 1] == '0' && line[from + 2] == 'x';
    return digits(prefixed ? from + 3 : from + 1, to - 1, 16, form);
  }

  /** Is a byte in the word? */
  public boolean has(char c) {
    for (int at = from; at < to; at++) {
      if (in.bytes()[at] == c) {
        return true;
      }
    }
    return false;
  }

  private long digits(int start, int end, int radix, String form) {
    long value = parse(in.bytes(), start, end, radix);
    if (value < 0) {
      throw malformed(form);
    }
    return value;
  }

  /** A number up to 2^63 - 1, or -1 if it is none. */
  public static long parse(byte[] line, int start, int end, int radix) {
    long value = 0;
    for (int at = start; at < end; at++) {
      int digit = Character.digit(line[at], radix);
      if (digit < 0 || value > (Long.MAX_VALUE - digit) / radix) {
        return -1;
      }
      value = value * radix + digit;
    }
    return start < end ? value : -1;
  }

  public InputException malformed(String form) {
    return in.error("'" + LineReader.shown(in.text(), 120) + "'", form);
  }
}
