// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import module java.base;

import gmembench.backing.Support;
import gmembench.backing.Verb;
import gmembench.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/**
 * The verbs that a replay does, and whether they can be done: the one place that decides it. A
 * backing offers verbs live, a cost profile on the model; validate asks both.
 */
public final class Needs {
  private Needs() {}

  /** Every conversion is followed by touches, whatever a strategy says that it needs. */
  public static Set<Verb> of(Strategy strategy) {
    Set<Verb> needs = EnumSet.of(Verb.TOUCH);
    needs.addAll(strategy.needs());
    return needs;
  }

  /** The same for a trace that pins pages. */
  public static Set<Verb> withPins(Strategy strategy) {
    Set<Verb> needs = of(strategy);
    needs.add(Verb.PIN);
    needs.add(Verb.UNPIN);
    return needs;
  }

  /** Why the first of these verbs that is missing cannot be done, or null if none is. */
  public static @Nullable String whyNot(Set<Verb> needs, Function<Verb, Support> offered) {
    for (Verb verb : needs) {
      if (offered.apply(verb) instanceof Support.No(String reason)) {
        return reason;
      }
    }
    return null;
  }
}
