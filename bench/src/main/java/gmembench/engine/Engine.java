// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import module java.base;

import gmembench.result.Cell;
import gmembench.result.Repetition;
import gmembench.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/** Runs cells, on the kernel or on the model. */
public interface Engine {
  /** As it is spelled in the engine column. */
  String name();

  /** Repetitions of every cell. */
  int reps();

  /** Does it measure wall time, so that it must be alone on the machine, or compute? */
  boolean isTimed();

  /** The same in a JVM that has run all of it before: less warm-up, if there is any. */
  default Engine again() {
    return this;
  }

  /** Facts for env.csv that its results depend on, beside those of the host. */
  default Map<String, String> facts() {
    return Map.of();
  }

  /** The cells of a block, in the order of its strategies. */
  List<Cell> cells(Block block);

  /** Why a strategy of a block cannot be run, as far as is known without its trace; or null. */
  @Nullable String whyNot(Block block, Strategy strategy);

  /**
   * Runs a block and hands over every repetition when it is done. A cell that cannot run, or whose
   * answer is wrong, is handed over once with the reason.
   *
   * @param subject the block's workload, asked for if anything is run
   * @param wanted which repetitions are; a round of which none is wanted is not run
   */
  void run(Block block, Supplier<Subject> subject, Wanted wanted, Consumer<Repetition> sink);

  /**
   * Begins a block, on other threads if that changes no result; what is returned waits for it and
   * hands over the repetitions.
   */
  default Runnable start(
      Block block,
      Supplier<Subject> subject,
      Wanted wanted,
      Executor threads,
      Consumer<Repetition> sink) {
    return () -> run(block, subject, wanted, sink);
  }

  /** Runs all of a block. */
  default void run(Block block, Consumer<Repetition> sink) {
    run(block, () -> Subject.of(block.workload()), (cell, rep) -> true, sink);
  }

  /** Tells repetitions that are to be run from those that a resumed run has already. */
  interface Wanted {
    boolean test(Cell cell, int rep);
  }
}
