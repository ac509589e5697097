// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.backing.Verb;
import gmembench.mm.Counts;
import gmembench.mm.Term;

/**
 * A cost of a verb on a side of one VM; what is the same for all calls is added up once.
 *
 * @param callNs a call's, whatever its pages
 * @param isFlat does it not matter what the call does, nor where?
 * @param isAll is residency all that changes, and does the call wait for nothing?
 * @param effect whose effects it has
 */
record Charge(Cost cost, long callNs, long perPageNs, boolean isFlat, boolean isAll, Verb effect) {
  /**
   * @param otherCpus other CPUs than the caller's that threads of the VM run on
   * @param isAlone is residency all that the verb changes, and does it take no lock?
   */
  static Charge of(Cost cost, Verb verb, long vcpus, long otherCpus, boolean isAlone) {
    Counts call = new Counts();
    call.set(Term.FIXED, 1);
    call.set(Term.PER_VCPU, vcpus);
    call.set(Term.PER_CPU, otherCpus);
    boolean isFlat = cost.isFlat();
    return new Charge(
        cost, cost.callNs(call), cost.of(Term.PER_PAGE), isFlat, isFlat && isAlone, verb.effect());
  }

  long ns(long pages) {
    return Math.addExact(callNs, Math.multiplyExact(perPageNs, pages));
  }
}
