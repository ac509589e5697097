// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import gmembench.backing.Memory;
import gmembench.guest.Side;
import gmembench.result.Metrics;

/** Does by another converter what it does not do itself. */
public interface AroundConverter extends Converter {
  Converter converter();

  @Override
  default boolean convert(long gfn, long pages, Side to) {
    return converter().convert(gfn, pages, to);
  }

  @Override
  default boolean mayTouch(long gfn, long pages, Side side) {
    return converter().mayTouch(gfn, pages, side);
  }

  @Override
  default boolean touched(long gfn, long pages, Side side) {
    return converter().touched(gfn, pages, side);
  }

  @Override
  default Memory seen(Memory memory) {
    return converter().seen(memory);
  }

  @Override
  default void idle(long ns) {
    converter().idle(ns);
  }

  @Override
  default void report(Metrics metrics) {
    converter().report(metrics);
  }

  @Override
  default void settle() {
    converter().settle();
  }
}
