// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import module java.base;

import gmembench.backing.InPlaceRules;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import org.jspecify.annotations.Nullable;

/** A strategy with one of the options that strategies have in common, being true. */
interface AroundStrategy extends Strategy {
  Strategy strategy();

  /** The option's name. */
  String option();

  /** The verb that it calls beside the strategy's. */
  Verb verb();

  @Override
  default String name() {
    return strategy().name();
  }

  @Override
  default String label() {
    return strategy().label() + ":" + option() + "=true";
  }

  @Override
  default String why() {
    return strategy().why();
  }

  @Override
  default Set<Verb> needs() {
    Set<Verb> needs = EnumSet.of(verb());
    needs.addAll(strategy().needs());
    return needs;
  }

  @Override
  default boolean inPlace() {
    return strategy().inPlace();
  }

  @Override
  default InPlaceRules rules() {
    return strategy().rules();
  }

  @Override
  default @Nullable String whyNotLive() {
    return strategy().whyNotLive();
  }

  @Override
  default boolean keeps(Side side) {
    return strategy().keeps(side);
  }
}
