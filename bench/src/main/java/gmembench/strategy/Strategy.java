// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import module java.base;

import gmembench.InputException;
import gmembench.Plugin;
import gmembench.Plugins;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;

/** How a conversion is done: written once against memory verbs, run live and on the model. */
public interface Strategy extends Plugin {
  /** The options that strategies have in common. */
  Pattern COMMON =
      Pattern.compile(
          ":("
              + String.join("|", WithAttributes.OPTION, WithSeal.OPTION, WithTwoPhase.OPTION)
              + ")=([^:]*)");

  /**
   * Parses a specification such as {@code lazy-discard:budget=64MiB}. Every strategy has the option
   * {@code two-phase=true}: a conversion is pending between the guest's request and its completion.
   * One of two sides that only discards has two more: {@code attribute=true},
   * KVM_SET_MEMORY_ATTRIBUTES comes first, and {@code seal=true}, the shared file allocates nothing
   * by itself.
   */
  static Strategy parse(String spec) {
    Strategy strategy = Plugins.parse(Strategy.class, spec.replaceAll(COMMON.pattern(), ""));
    Map<String, Boolean> options = new HashMap<>();
    for (MatchResult option : COMMON.matcher(spec).results().toList()) {
      String name = option.group(1);
      boolean isWanted = Plugins.parseBoolean(option.group(2), spec + ": " + name);
      if (options.put(name, isWanted) != null) {
        throw new InputException(spec, "an option twice", "each option once");
      }
    }
    boolean attribute = options.getOrDefault(WithAttributes.OPTION, false);
    boolean seal = options.getOrDefault(WithSeal.OPTION, false);
    if ((attribute || seal) && !WithAttributes.isOptionOf(strategy)) {
      throw new InputException(
          spec,
          strategy.name() + " has no option " + (attribute ? "attribute" : "seal"),
          "a strategy of two sides that only discards, such as lazy-discard");
    }
    strategy = attribute ? new WithAttributes(strategy) : strategy;
    strategy = seal ? new WithSeal(strategy) : strategy;
    return options.getOrDefault(WithTwoPhase.OPTION, false) ? new WithTwoPhase(strategy) : strategy;
  }

  /** The verbs it calls, TOUCH aside; a backing without one of them cannot run it. */
  Set<Verb> needs();

  /** Does it want both sides on the same pages? */
  default boolean inPlace() {
    return false;
  }

  /**
   * May pages of a side stay allocated after they were converted to the other one? They are not
   * lost but put off or spared; whoever has two sides never shows one through the other. What comes
   * back to such a side finds its own old bytes, where a discard would have left zeroes. In place
   * there is one page, whose bytes stay by definition: what counts is that the host has it neither
   * mapped nor pinned when it is private.
   */
  default boolean keeps(Side side) {
    return false;
  }

  /**
   * Does a conversion depend on those before it, other than by the page map? If not, threads can
   * convert at once, each with a converter of its own.
   */
  default boolean hasState() {
    return true;
  }

  Converter open(Memory memory, PageMap map);
}
