// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import module java.base;

import gmembench.InputException;
import gmembench.Plugins;

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
                  WithPolicies.PINS,
                  WithTwoPhase.OPTION)
              + ")=([^:]*)");

  private final String spec;
  private final Map<String, String> values = new HashMap<>();

  private CommonOptions(String spec) {
    this.spec = spec;
  }

  /** A strategy by its specification, with these options round it. */
  static Strategy parse(String spec) {
    Strategy strategy = Plugins.parse(Strategy.class, spec.replaceAll(ALL.pattern(), ""));
    CommonOptions options = new CommonOptions(spec);
    for (MatchResult option : ALL.matcher(spec).results().toList()) {
      if (options.values.put(option.group(1), option.group(2)) != null) {
        throw new InputException(spec, "an option twice", "each option once");
      }
    }
    return options.around(strategy);
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
    boolean large = is(WithPolicies.LARGE_MAPPINGS, true);
    String text = values.getOrDefault(WithPolicies.PINS, PinPolicy.WAIT.text());
    PinPolicy pins =
        Arrays.stream(PinPolicy.values())
            .filter(policy -> policy.text().equals(text))
            .findFirst()
            .orElseThrow(() ->
                new InputException(
                    spec + ": " + WithPolicies.PINS,
                    "'" + text + "'",
                    "one of " + PinPolicy.names()));
    if (large && pins == PinPolicy.WAIT) {
      return strategy;
    } else if (!strategy.inPlace()) {
      throw new InputException(
          spec,
          strategy.name() + " has no option " + (large ? "pins" : "large-mappings"),
          "a strategy that converts in place");
    }
    return new WithPolicies(strategy, large, pins);
  }

  private boolean is(String option, boolean byDefault) {
    String text = values.get(option);
    return text == null ? byDefault : Plugins.parseBoolean(text, spec + ": " + option);
  }
}
