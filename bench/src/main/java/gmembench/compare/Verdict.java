// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import java.util.Locale;

/** What can be said of a metric of a cell, the most urgent first. */
public enum Verdict {
  WORSE,
  /** What must not change has changed: the answer, or the number of conversions. */
  DIFFERENT,
  /** A cell that ran in BASE did not in HEAD, or failed there. */
  LOST_IN_HEAD,
  BETTER,
  /** Measured, and not in pairs: what drifted meanwhile looks the same as a change. */
  DIFFERS_UNPAIRED,
  /** Too few repetitions to tell, or too small a change for this host. */
  INCONCLUSIVE,
  ONLY_IN_BASE,
  ONLY_IN_HEAD,
  /** The interval lies inside the threshold, or an exact value is the same. */
  EQUIVALENT;

  public String text() {
    return name()
        .toLowerCase(Locale.ROOT)
        .replace("differs_", "differs, ")
        .replace('_', ' ')
        .replace("base", "BASE")
        .replace("head", "HEAD");
  }
}
