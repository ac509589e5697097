// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.result.Cell;
import gmembench.result.Observation;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs cells, on the kernel or on the model. */
public interface Engine {
  /** As it is spelled in the engine column. */
  String name();

  /** The cells of a block, in the order of its strategies. */
  List<Cell> cells(Block block);

  /**
   * Runs a block and hands over every repetition when it is done. A cell that cannot run, or whose
   * answer is wrong, is handed over once with the reason.
   *
   * @param subject the block's workload, asked for if anything is run
   * @param wanted which repetitions are; a round of which none is wanted is not run
   */
  void run(Block block, Supplier<Subject> subject, Wanted wanted, Consumer<Observation> sink);

  /** Runs all of a block. */
  default void run(Block block, Consumer<Observation> sink) {
    run(block, () -> Subject.of(block.workload()), (cell, rep) -> true, sink);
  }

  /** Tells repetitions that are to be run from those that a resumed run has already. */
  interface Wanted {
    boolean test(Cell cell, int rep);
  }
}
