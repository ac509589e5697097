// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Memory;
import gmembench.workload.Side;
import java.util.Map;

/**
 * What looks at the verbs on their way to a memory: all that a strategy may ask is the memory's.
 */
interface Around extends Memory {
  Memory memory();

  @Override
  default long awaitUnpinned(long gfn, long pages, Side side, long boundNs) {
    return memory().awaitUnpinned(gfn, pages, side, boundNs);
  }

  @Override
  default void ask(long gfn, long pages, Side to) {
    memory().ask(gfn, pages, to);
  }

  @Override
  default void unbind() {
    memory().unbind();
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
  default void restart() {
    memory().restart();
  }

  @Override
  default void report(Map<String, String> metrics) {
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
