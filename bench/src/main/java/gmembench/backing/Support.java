// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import gmembench.Units;
import gmembench.linux.Errno;
import gmembench.linux.LinuxException;

/** Whether this host can do something, and if not, why in one line. */
public sealed interface Support {
  record Yes() implements Support {}

  record No(String reason) implements Support {}

  Support YES = new Yes();

  /**
   * The kernel cannot do it. A limit of this process says nothing of the kernel: the error is
   * thrown again, for a cell that fails by it.
   */
  static Support no(LinuxException e) {
    return switch (e.errno()) {
      case Errno.EFBIG, Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.ENOSPC -> throw e;
      default -> new No(e.reason());
    };
  }

  /** {@code needs 3GiB of memory, 1.2GiB free (MemAvailable)}. */
  static Support lacking(long needed, String what, long free, String bound) {
    return new No(
        "needs %s %s, %s free (%s)".formatted(Units.size(needed), what, Units.size(free), bound));
  }
}
