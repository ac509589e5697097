// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import module java.base;

import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.result.Cell;
import gmembench.result.Repetition;
import gmembench.strategy.Strategy;
import gmembench.trace.Footprint;
import gmembench.trace.Op;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;

/**
 * Strategies to be compared with each other: the same workload on the same backing with the same
 * tracker. Live, their repetitions are interleaved.
 */
public record Block(
    Workload workload, Backing backing, Tracker tracker, List<Strategy> strategies, Faults faults) {

  /** Nothing is made to go wrong. */
  public Block(Workload workload, Backing backing, Tracker tracker, List<Strategy> strategies) {
    this(workload, backing, tracker, strategies, Faults.NONE);
  }

  /** The same with other strategies. */
  public Block with(List<Strategy> others) {
    return new Block(workload, backing, tracker, others, faults);
  }

  /** The same with something that goes wrong. */
  public Block with(Faults others) {
    return new Block(workload, backing, tracker, strategies, others);
  }

  public Cell cell(String engine, Strategy strategy, String costs) {
    return new Cell(
        engine,
        workload.name(),
        strategy.label(),
        backing.label() + faults.label(),
        tracker.label(),
        costs);
  }

  /**
   * How many private folios a live run of this block has in use at most: those of a file for
   * strategies that convert in place and of one for the others, of pages that were punched while
   * they were pinned, and those that are mapped a second time.
   *
   * @param threads host threads that convert at once
   */
  long privateFolios(Footprint footprint, int threads) {
    boolean populated =
        workload.memory() != Workload.Memory.EMPTY || readsHoles(footprint, threads);
    long files = footprint.pins() ? 1 : 0;
    files +=
        any(Strategy::inPlace) + any(s -> !s.inPlace()) + any(s -> s.needs().contains(Verb.MAP));
    return files * folios(populated ? footprint.withNeighbours() : footprint.used(), Side.PRIVATE);
  }

  /** The same of shared ones: the other file, or copies of private pages. */
  long sharedFolios(Footprint footprint, int threads) {
    boolean all = readsHoles(footprint, threads);
    long files = any(s -> !s.inPlace()) + any(s -> s.needs().contains(Verb.COPY));
    return files * folios(all ? footprint.withNeighbours() : footprint.usedShared(), Side.SHARED);
  }

  /**
   * To read a hole fills it, and a run that is checked reads holes unless the kernel counts exactly
   * the pages that were written.
   */
  private boolean readsHoles(Footprint footprint, int threads) {
    return !backing.countsPages()
        || threads > 1
        || !faults.equals(Faults.NONE)
        || footprint.pins()
        || footprint.ops().contains(Op.ALLOCATE)
        || any(s -> s.needs().contains(Verb.ALLOCATE)) > 0;
  }

  private long folios(PageSet pages, Side side) {
    return workload.guest().behind(pages).folios(backing.of(side).folioOrder());
  }

  private long any(Predicate<Strategy> what) {
    return strategies.stream().anyMatch(what) ? 1 : 0;
  }

  /** What is taken from the backing's pool: both together, or the one that is of it. */
  public long poolPages(Footprint footprint) {
    boolean isShared = backing.of(Side.SHARED).pool() != null;
    return privateFolios(footprint, 1) + (isShared ? sharedFolios(footprint, 1) : 0);
  }

  /** No strategy can be run, for the same reason. */
  public void refuse(Engine engine, String reason, Consumer<Repetition> sink) {
    for (Cell cell : engine.cells(this)) {
      sink.accept(Repetition.without(cell, Repetition.Status.UNSUPPORTED, reason));
    }
  }
}
