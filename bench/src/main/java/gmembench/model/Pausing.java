// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.strategy.AroundConverter;
import gmembench.strategy.Converter;

/** Says how long the trace pauses: before a VM takes over it is part of the blackout. */
record Pausing(Converter converter, InodeMappings files) implements AroundConverter {
  @Override
  public void idle(long ns) {
    files.idle(ns);
    converter.idle(ns);
  }
}
