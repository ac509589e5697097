// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.result.Cell;
import gmembench.result.Observation;
import java.util.List;
import java.util.function.Consumer;

/** Runs cells, on the kernel or on the model. */
public sealed interface Engine permits Live, Model {
  /** As it is spelled in the engine column. */
  String name();

  /** The cells of a block, in the order of its strategies. */
  List<Cell> cells(Block block);

  /**
   * Runs a block and hands over every repetition when it is done. A cell that cannot run, or whose
   * answer is wrong, is handed over once with the reason.
   */
  void run(Block block, Consumer<Observation> sink);
}
