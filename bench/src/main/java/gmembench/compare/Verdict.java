// SPDX-License-Identifier: Apache-2.0
package gmembench.compare;

import java.util.Locale;

/** What can be said of a metric of a cell, the most urgent first. */
public enum Verdict {
  WORSE,
  /** What must not change has changed: the answer, or the number of conversions. */
  DIFFERENT,
  BETTER,
  /** Too few repetitions to tell. */
  INCONCLUSIVE,
  ONLY_IN_BASE,
  ONLY_IN_HEAD,
  /** The interval lies inside the threshold, or an exact value is the same. */
  EQUIVALENT;

  public String text() {
    return name()
        .toLowerCase(Locale.ROOT)
        .replace('_', ' ')
        .replace("base", "BASE")
        .replace("head", "HEAD");
  }
}
