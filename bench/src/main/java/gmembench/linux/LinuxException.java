// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

/** A system call failed: which one, with which errno, and what to do about it. */
public final class LinuxException extends RuntimeException {
  private final String call;
  private final int errno;

  public LinuxException(String call, int errno, String hint) {
    super(call + ": " + Errno.name(errno) + (hint.isEmpty() ? "" : " (" + hint + ")"));
    this.call = call;
    this.errno = errno;
  }

  /** The capability is not there at all: no call was made. */
  public LinuxException(String reason) {
    super(reason);
    this.call = "";
    this.errno = 0;
  }

  /** The message, which is never null. */
  public String reason() {
    return String.valueOf(getMessage());
  }

  public String call() {
    return call;
  }

  /** The errno, or 0 if no call was made. */
  public int errno() {
    return errno;
  }
}
