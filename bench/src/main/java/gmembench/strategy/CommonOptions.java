// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import module java.base;

import gmembench.InputException;
import gmembench.Plugins;
import gmembench.backing.InPlaceRules;

/** The options that strategies have in common, beside those of their own. */
final class CommonOptions {
  static final Pattern ALL =
      Pattern.compile(
          ":("
              + String.join(
                  "|",
                  WithAttributes.OPTION,
                  WithSeal.OPTION,
                  WithPolicies.LARGE_MAPPINGS,
                  WithPolicies.LARGE_HOST_MAPPINGS,
                  WithPolicies.REFERENCES,
                  WithPolicies.CHECK,
                  WithPolicies.PINS,
                  WithTwoPhase.OPTION)
              + ")=([^:]*)");

  private final String spec;
  private final Map<String, String> values;

  private CommonOptions(String spec, Map<String, String> values) {
    this.spec = spec;
    this.values = values;
  }

  /** A strategy by its specification, with these options round it. */
  static Strategy parse(String spec) {
    Strategy strategy = Plugins.parse(Strategy.class, spec.replaceAll(ALL.pattern(), ""));
    return new CommonOptions(spec, Plugins.options(spec, ALL)).around(strategy);
  }

  private Strategy around(Strategy strategy) {
    boolean attribute = is(WithAttributes.OPTION, false);
    boolean seal = is(WithSeal.OPTION, false);
    if ((attribute || seal) && !WithAttributes.isOptionOf(strategy)) {
      throw new InputException(
          spec,
          strategy.name() + " has no option " + (attribute ? "attribute" : "seal"),
          "a strategy of two sides that only discards, such as lazy-discard");
    }
    Strategy with = attribute ? new WithAttributes(strategy) : strategy;
    with = seal ? new WithSeal(with) : withPolicies(with);
    return is(WithTwoPhase.OPTION, false) ? new WithTwoPhase(with) : with;
  }

  private Strategy withPolicies(Strategy strategy) {
    InPlaceRules rules =
        new InPlaceRules(
            is(WithPolicies.LARGE_MAPPINGS, true),
            is(WithPolicies.LARGE_HOST_MAPPINGS, true),
            value(WithPolicies.REFERENCES, InPlaceRules.Reference.values()),
            value(WithPolicies.CHECK, InPlaceRules.Check.values()));
    PinPolicy pins = value(WithPolicies.PINS, PinPolicy.values());
    if (rules.equals(InPlaceRules.DEFAULT) && pins == PinPolicy.WAIT) {
      return strategy;
    } else if (!strategy.inPlace()) {
      throw new InputException(
          spec,
          strategy.name() + " has no option of memory in place",
          "a strategy that converts in place");
    }
    return new WithPolicies(strategy, rules, pins);
  }

  /** One of some values; the first if the option is left out. */
  private <E extends Enum<E>> E value(String option, E[] all) {
    String text = values.getOrDefault(option, InPlaceRules.text(all[0]));
    List<String> names = Arrays.stream(all).map(InPlaceRules::text).toList();
    if (!names.contains(text)) {
      throw new InputException(
          spec + ": " + option, "'" + text + "'", "one of " + String.join(", ", names));
    }
    return all[names.indexOf(text)];
  }

  private boolean is(String option, boolean byDefault) {
    String text = values.get(option);
    return text == null ? byDefault : Plugins.parseBoolean(text, spec + ": " + option);
  }
}
