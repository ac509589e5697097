// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import gmembench.guest.Side;
import gmembench.result.Metrics;

/**
 * Does verbs by another memory; what it does not say itself is that memory's. It waits for pins by
 * its own {@link Verb#CHECK}.
 */
public interface Around extends Memory {
  Memory memory();

  @Override
  default void watchSlots(Memslots.Watch watch) {
    memory().watchSlots(watch);
  }

  @Override
  default void unbind() {
    memory().unbind();
  }

  @Override
  default void bind() {
    memory().bind();
  }

  @Override
  default long next(long gfn, long end, Side side, boolean allocated) {
    return memory().next(gfn, end, side, allocated);
  }

  @Override
  default void empty(Side side) {
    memory().empty(side);
  }

  @Override
  default long nowNs() {
    return memory().nowNs();
  }

  @Override
  default void sleepUntil(long ns) {
    memory().sleepUntil(ns);
  }

  @Override
  default boolean hasGuest() {
    return memory().hasGuest();
  }

  @Override
  default boolean inPlace() {
    return memory().inPlace();
  }

  @Override
  default int folioOrder() {
    return memory().folioOrder();
  }

  @Override
  default long residentBytes(Side side) {
    return memory().residentBytes(side);
  }

  @Override
  default void recycle() {
    memory().recycle();
  }

  @Override
  default void restart() {
    memory().restart();
  }

  @Override
  default void report(Metrics metrics) {
    memory().report(metrics);
  }

  @Override
  default boolean hasContent() {
    return memory().hasContent();
  }

  @Override
  default long read(long gfn, Side side) {
    return memory().read(gfn, side);
  }

  @Override
  default boolean isZero(long gfn, Side side) {
    return memory().isZero(gfn, side);
  }

  @Override
  default void close() {
    memory().close();
  }
}
