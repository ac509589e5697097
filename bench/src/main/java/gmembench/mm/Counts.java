// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import module java.base;

import gmembench.backing.Verb;

/** How often a call does what each {@link Term} counts. */
public final class Counts {
  private static final Term[] TERMS = Term.values();

  private final long[] counts = new long[TERMS.length];

  /** Nothing is counted yet. */
  public void clear() {
    Arrays.fill(counts, 0);
  }

  public void add(Term term, long count) {
    counts[term.ordinal()] += count;
  }

  public void set(Term term, long count) {
    counts[term.ordinal()] = count;
  }

  /** How often; of a term that is charged once a call, 1 or 0. */
  public long of(Term term) {
    long count = counts[term.counted()];
    return term.each() == null ? count : Math.min(1, count);
  }

  /** Did a touch or a pin have to fault? */
  public boolean isFault(Verb verb) {
    return (verb == Verb.TOUCH || verb == Verb.PIN)
        && (of(Term.PER_FAULT) > 0
            || of(Term.PER_REFAULT) > 0
            || of(Term.PER_MAP) > 0
            || of(Term.PER_HUGE_MAP) > 0);
  }

  long at(int index) {
    return counts[index];
  }

  /** What is not 0. */
  public Map<Term, Long> some() {
    Map<Term, Long> some = new EnumMap<>(Term.class);
    for (Term term : TERMS) {
      if (of(term) != 0) {
        some.put(term, of(term));
      }
    }
    return some;
  }
}
