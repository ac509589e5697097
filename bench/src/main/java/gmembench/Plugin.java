// SPDX-License-Identifier: Apache-2.0
package gmembench;

import java.lang.reflect.RecordComponent;

/**
 * A strategy, tracker, backing or pattern: an immutable record whose components are its options,
 * whose no-argument constructor holds the defaults and whose compact constructor validates. It is
 * found by ServiceLoader, so adding one is adding one file with {@code @AutoService}.
 *
 * <p>Units are in component names and are cut off the option's name: {@code long budgetBytes} is
 * the option {@code budget=64MiB}, {@code long windowNs} is {@code window=10ms}.
 */
public interface Plugin {
  /** The name users type: the class's, as {@link Plugins#dashed} spells it. */
  default String name() {
    return Plugins.dashed(getClass().getSimpleName());
  }

  /** One line: why one would want it. */
  String why();

  /** Name and every option, {@code lazy-discard:budget=64MiB}: the key of a result. */
  default String label() {
    StringBuilder label = new StringBuilder(name());
    for (RecordComponent component : Plugins.components(getClass())) {
      label
          .append(':')
          .append(Plugins.optionName(component))
          .append('=')
          .append(Plugins.optionText(component, this));
    }
    return label.toString();
  }
}
