// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Backing;
import gmembench.result.Cell;
import gmembench.strategy.Strategy;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;
import java.util.List;

/**
 * Strategies to be compared with each other: the same workload on the same backing with the same
 * tracker. Live, their repetitions are interleaved.
 */
public record Block(
    Workload workload, Backing backing, Tracker tracker, List<Strategy> strategies) {

  Cell cell(String engine, Strategy strategy, String costs) {
    return new Cell(
        engine, workload.name(), strategy.label(), backing.label(), tracker.label(), costs);
  }
}
