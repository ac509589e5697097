// SPDX-License-Identifier: Apache-2.0
package gmembench;

/** Results that are incomplete, or that must not be set against each other: exit code 3. */
public final class NotComparableException extends RuntimeException {
  public NotComparableException(String message) {
    super(Text.printable(message));
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
