// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.guest.Side;
import gmembench.strategy.Converter;

/** Keeps the clock by which pins end: the trace's. */
public record Clocked(Converter converter, PinSchedule pins) implements Converter {
  @Override
  public boolean convert(long gfn, long pages, Side to) {
    return converter.convert(gfn, pages, to);
  }

  @Override
  public void idle(long ns) {
    pins.idle(ns);
    converter.idle(ns);
  }

  @Override
  public void settle() {
    converter.settle();
  }
}
