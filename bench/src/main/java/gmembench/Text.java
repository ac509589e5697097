// SPDX-License-Identifier: Apache-2.0
package gmembench;

import java.util.regex.Pattern;

/** Text that strangers may have written: what of it may be shown, and what may be a name. */
public final class Text {
  private static final int LONGEST_NAME = 200;
  private static final Pattern NUMBER = Pattern.compile("[-+]?\\d+(\\.\\d+)?");

  private Text() {}

  /** One line of it: whatever could steer a terminal becomes a question mark. */
  public static String printable(String text) {
    if (isPrintable(text)) {
      return text;
    }
    return text.codePoints()
        .map(c -> isPrintable(c) ? c : '?')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /**
   * Without a stream where there is nothing but ASCII: every name of every row of a file is asked.
   */
  private static boolean isPrintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return text.codePoints().allMatch(Text::isPrintable);
      }
    }
    return true;
  }

  /** No control character (C0, DEL, C1), none that is invisible or turns the direction of text. */
  public static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** Would a spreadsheet compute it? */
  public static boolean isFormula(String text) {
    return !text.isEmpty() && "=+-@".indexOf(text.charAt(0)) >= 0;
  }

  /** A value for a file that a spreadsheet may open: a formula becomes text there, by a quote. */
  public static String cell(String value) {
    boolean computed = isFormula(value) && !NUMBER.matcher(value).matches();
    return (computed ? "'" : "") + printable(value);
  }

  /** Could a table, a file name and a spreadsheet hold it? */
  public static boolean isName(String name) {
    return name.length() <= LONGEST_NAME && isPrintable(name) && !isFormula(name);
  }

  /** Refuses names and labels that are none, {@link #isName}. */
  public static String requireName(String name, String where) {
    if (name.length() > LONGEST_NAME) {
      throw new InputException(
          where, "a name of " + name.length() + " characters", "at most " + LONGEST_NAME);
    } else if (!isPrintable(name)) {
      throw new InputException(where, "'" + name + "'", "a name without control characters");
    } else if (isFormula(name)) {
      throw new InputException(where, "'" + name + "'", "a name that begins with none of = + - @");
    }
    return name;
  }
}
