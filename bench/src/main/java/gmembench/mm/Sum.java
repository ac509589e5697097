// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import java.util.Map;

/**
 * Some terms and their ns, to be multiplied by counts: by index, since every call is charged so.
 */
public final class Sum {
  private final int[] each;
  private final long[] eachNs;

  /** For terms that are charged once a call: the index of what they need any of. */
  private final int[] any;

  private final long[] anyNs;

  public Sum(Map<Term, Long> ns) {
    this.each =
        ns.keySet().stream().filter(t -> t.each() == null).mapToInt(Term::counted).toArray();
    this.any = ns.keySet().stream().filter(t -> t.each() != null).mapToInt(Term::counted).toArray();
    this.eachNs = ns.keySet().stream().filter(t -> t.each() == null).mapToLong(ns::get).toArray();
    this.anyNs = ns.keySet().stream().filter(t -> t.each() != null).mapToLong(ns::get).toArray();
  }

  public boolean isZero() {
    return each.length + any.length == 0;
  }

  /** In ns; throws if it is more than 2^63. */
  public long ns(Counts counts) {
    long sum = 0;
    for (int i = 0; i < each.length; i++) {
      sum = Math.addExact(sum, Math.multiplyExact(eachNs[i], counts.at(each[i])));
    }
    for (int i = 0; i < any.length; i++) {
      sum = counts.at(any[i]) == 0 ? sum : Math.addExact(sum, anyNs[i]);
    }
    return sum;
  }
}
