// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import gmembench.backing.Memory;
import gmembench.guest.Side;
import gmembench.result.Metrics;

/**
 * A strategy at work on one guest: it keeps the page map and calls the verbs.
 *
 * <p>A verb may fail with a {@code LinuxException}, which a converter lets through; what it leaves
 * must be true and usable. So the order is QEMU's: a verb that decides who may use a page
 * (ATTRIBUTE, REBIND, UNMAP, CHECK, DIRECT_MAP) comes before the map is set, for the whole range at
 * once; a DISCARD of the side that is left comes after it. If it fails, the conversion is done and
 * the page is double-allocated; whoever puts discards off forgets a page only when its discard is
 * done.
 */
public interface Converter {
  /**
   * The guest asks for a range to be put on a side. When this returns true the map says so and the
   * range can be touched there; false means refused, with nothing changed.
   */
  boolean convert(long gfn, long pages, Side to);

  /**
   * May a range be touched on a side, though no conversion has just put it there? False refuses the
   * touch, which is not made: SIGBUS to the device model, KVM_EXIT_MEMORY_FAULT to the guest.
   */
  default boolean mayTouch(long gfn, long pages, Side side) {
    return true;
  }

  /**
   * Such a touch was made. Where the map has pages on the other side it is a stray, which has
   * allocated them on this one: userfaultfd or a memory fault's exit says so to a VMM, at a cost
   * that is not charged.
   *
   * @return whether anything was done about it
   */
  default boolean touched(long gfn, long pages, Side side) {
    return false;
  }

  /**
   * What the guest and the host use the memory through: a strategy that has to know of faults and
   * of allocations stands between them and it. Asked for once, when it is opened.
   */
  default Memory seen(Memory memory) {
    return memory;
  }

  /** The guest's clock went on by {@code ns} without a conversion. */
  default void idle(long ns) {}

  /**
   * Adds the metrics that only this strategy has, of all it did since it was opened. The strategy
   * declares them as a {@link gmembench.result.MetricSource}.
   */
  default void report(Metrics metrics) {}

  /** The trace is over: what was only put off is done now. */
  default void settle() {}
}
