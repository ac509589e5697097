// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import gmembench.Plugin;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.tracker.PageMap;
import java.util.Set;

/** How a conversion is done: written once against memory verbs, run live and on the model. */
public interface Strategy extends Plugin {
  /** The verbs it calls, TOUCH aside; a backing without one of them cannot run it. */
  Set<Verb> needs();

  /** Does it want both sides on the same pages? */
  default boolean inPlace() {
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
