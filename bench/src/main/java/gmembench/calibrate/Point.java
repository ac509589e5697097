// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.mm.Term;

/**
 * One figure to be fitted.
 *
 * @param what the state in which it was measured, for the table of residuals
 * @param counts what was counted of each term in a call, on average; what is absent is 0
 * @param ns a call took
 * @param rounds of which that is the median
 */
public record Point(String what, Map<Term, Double> counts, double ns, int rounds) {
  public Point {
    counts = counts.isEmpty() ? Map.of() : new EnumMap<>(counts);
    if (!(ns > 0)) {
      throw new IllegalArgumentException(what + " took " + ns + " ns");
    }
  }

  /** A figure of one round. */
  public Point(String what, Map<Term, Double> counts, double ns) {
    this(what, counts, ns, 1);
  }

  double count(Term term) {
    return counts.getOrDefault(term, 0.0);
  }
}
