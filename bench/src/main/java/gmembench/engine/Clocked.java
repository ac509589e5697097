// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.strategy.AroundConverter;
import gmembench.strategy.Converter;

/** Keeps the clock by which pins end: the trace's. */
public record Clocked(Converter converter, PinSchedule pins) implements AroundConverter {
  @Override
  public void idle(long ns) {
    pins.idle(ns);
    converter.idle(ns);
  }
}
