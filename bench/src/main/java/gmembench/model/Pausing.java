// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.strategy.AroundConverter;
import gmembench.strategy.Converter;
import java.util.function.LongConsumer;

/**
 * Says how long the trace pauses: before a VM takes over it is part of the blackout, and what of a
 * guest the host can reach is reachable meanwhile.
 */
record Pausing(Converter converter, LongConsumer paused) implements AroundConverter {
  @Override
  public void idle(long ns) {
    paused.accept(ns);
    converter.idle(ns);
  }
}
