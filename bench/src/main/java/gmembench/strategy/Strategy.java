// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import gmembench.Plugin;
import gmembench.backing.InPlaceRules;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a conversion is done: written once against memory verbs, run live and on the model. */
public interface Strategy extends Plugin {
  /**
   * Parses a specification such as {@code lazy-discard:budget=64MiB}. Every strategy has the option
   * {@code two-phase=true}: a conversion is pending between the guest's request and its completion.
   * One of two sides that only discards has two more: {@code attribute=true},
   * KVM_SET_MEMORY_ATTRIBUTES comes first, and {@code seal=true}, the shared file allocates nothing
   * by itself. One in place has {@code pins=} ({@link PinPolicy}), {@code large-mappings=false},
   * {@code large-host-mappings=false}, {@code references=get} and {@code check=} ({@link
   * InPlaceRules}).
   */
  static Strategy parse(String spec) {
    return CommonOptions.parse(spec);
  }

  /** The verbs it calls, TOUCH aside; a backing without one of them cannot run it. */
  Set<Verb> needs();

  /** Does it want both sides on the same pages? */
  default boolean inPlace() {
    return false;
  }

  /** What it takes for granted of the host, if it converts in place. */
  default InPlaceRules rules() {
    return InPlaceRules.DEFAULT;
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

  /** Why no kernel does what it asks for, or null: a live run then depends on the backing alone. */
  default @Nullable String whyNotLive() {
    return null;
  }

  Converter open(Memory memory, PageMap map);
}
