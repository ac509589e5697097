// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import module java.base;

import gmembench.TomlFile;
import gmembench.backing.Verb;
import gmembench.mm.Counts;
import gmembench.mm.Sum;
import gmembench.mm.Term;
import gmembench.mm.TermKind;

/** What a verb costs on a side: ns for each {@link Term}, 0 for most. */
public final class Cost {
  private static final Term[] TERMS = Term.values();

  private final long[] ns;
  private final Sum ofCall;
  private final Sum ofEffects;
  private final boolean isOfFolios;

  private Cost(long[] ns) {
    this.ns = ns;
    this.ofCall = new Sum(used(term -> term.kind() == TermKind.CALL));
    this.ofEffects = new Sum(used(term -> term.kind() != TermKind.CALL));
    this.isOfFolios = !used(term -> term.kind() == TermKind.FOLIO).isEmpty();
  }

  private Map<Term, Long> used(Predicate<Term> wanted) {
    Map<Term, Long> used = new EnumMap<>(Term.class);
    for (Term term : TERMS) {
      if (of(term) != 0 && wanted.test(term)) {
        used.put(term, of(term));
      }
    }
    return used;
  }

  /** Reads a section of a profile; it must have {@code fixed_ns}, the others are 0 by default. */
  static Cost read(TomlFile file, String section, Verb verb) {
    long[] ns = new long[TERMS.length];
    for (Term term : TERMS) {
      String key = section + "." + term.key();
      if (term == Term.FIXED) {
        file.number(key, 0); // the only one that must be there
      }
      if (term.isOf(verb)) {
        ns[term.ordinal()] = Costs.ns(file, key);
      }
    }
    return new Cost(ns);
  }

  /** What one of a term's units costs, in ns. */
  public long of(Term term) {
    return ns[term.ordinal()];
  }

  /** Is anything charged that takes time to count? */
  boolean isCounted() {
    return isOfFolios || !used(term -> term.kind() == TermKind.COUNTED).isEmpty();
  }

  /** Is anything charged that huge folios alone do? */
  boolean isOfFolios() {
    return isOfFolios;
  }

  /** Is nothing charged but the call and its pages, whatever it does and where? */
  public boolean isFlat() {
    return ofEffects.isZero();
  }

  /** What the call costs but for what it does. */
  long callNs(Counts counts) {
    return ofCall.ns(counts);
  }

  /** What it costs that it does what it does, where it does it. */
  long effectsNs(Counts counts) {
    return ofEffects.ns(counts);
  }

  long ns(Counts counts) {
    return Math.addExact(callNs(counts), effectsNs(counts));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cost cost && Arrays.equals(ns, cost.ns);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ns);
  }
}
