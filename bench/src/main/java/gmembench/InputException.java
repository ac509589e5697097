// SPDX-License-Identifier: Apache-2.0
package gmembench;

/**
 * Something a user gave is wrong: one line, {@code where: what, expected what}, exit code 2.
 *
 * <p>{@code where} is a file with its line ({@code boot.toml:3}), or the option that was given.
 */
public final class InputException extends RuntimeException {
  public InputException(String where, String what, String expected) {
    this(where + ": " + what + ", expected " + expected);
  }

  public InputException(String file, long line, String what, String expected) {
    this(file + ":" + line, what, expected);
  }

  private InputException(String message) {
    super(Text.printable(message)); // one line, whatever is quoted in it
  }

  /** The same with more at its end. */
  public InputException with(String more) {
    return new InputException(getMessage() + more);
  }

  /** Refuses a number that an option must not be below. */
  public static void requireAtLeast(long least, long value, String option) {
    if (value < least) {
      throw new InputException(option, "'" + value + "'", least + " or more");
    }
  }

  /** Bad input needs no stack trace: its message says where and what. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
