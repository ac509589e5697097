// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import module java.base;

/** Counts as a test writes them: {@code 8 fault, 2 node}, by the headings of a calibration. */
final class Counted {
  private Counted() {}

  /** What is not 0 of some terms, in this order. */
  static String of(Counts counts, Term... terms) {
    return Arrays.stream(terms)
        .filter(term -> counts.of(term) != 0)
        .map(term -> counts.of(term) + " " + term.heading())
        .collect(Collectors.joining(", "));
  }
}
