// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import module java.base;

import gmembench.Ticks;
import gmembench.backing.Backing;
import gmembench.backing.Memory;
import gmembench.backing.Support;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.engine.Engine;
import gmembench.engine.Needs;
import gmembench.engine.Round;
import gmembench.engine.Subject;
import gmembench.engine.WrongAnswer;
import gmembench.linux.LinuxException;
import gmembench.result.Cell;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/**
 * The real thing: kernel objects and wall time. Repetitions are outermost and strategies run in
 * ABBA order, so that drift of the machine hits all alike.
 *
 * @param reps timed repetitions of every cell
 * @param warmupConversions how many conversions each strategy replays before it is timed
 * @param threads host threads that the vCPUs are dealt out to and that convert at once
 */
public record Live(int reps, long warmupConversions, int threads) implements Engine {
  /**
   * Latencies are steady after about 100,000 conversions in all; a block has several strategies.
   */
  public static final long DEFAULT_WARMUP = Ticks.here().repeat(30_000);

  /** One thread: the events in the order of the trace. */
  public Live(int reps, long warmupConversions) {
    this(reps, warmupConversions, 1);
  }

  /** The audit is warm-up enough. */
  @Override
  public Live again() {
    return new Live(reps, 0, threads);
  }

  @Override
  public boolean isTimed() {
    return true;
  }

  @Override
  public String name() {
    return threads == 1 ? "live" : "live:threads=" + threads;
  }

  @Override
  public List<Cell> cells(Block block) {
    return block.strategies().stream().map(s -> block.cell(name(), s, "")).toList();
  }

  @Override
  public void run(Block block, Supplier<Subject> ready, Wanted wanted, Consumer<Repetition> sink) {
    List<Strategy> able = new ArrayList<>();
    for (Strategy strategy : block.strategies()) {
      try {
        String reason = whyNot(block, strategy);
        if (reason == null) {
          able.add(strategy);
        } else {
          refuse(block, strategy, Status.UNSUPPORTED, reason, sink);
        }
      } catch (LinuxException e) {
        refuse(block, strategy, Status.FAILED, e.reason(), sink);
      }
    }
    if (able.stream().anyMatch(s -> isWanted(block.cell(name(), s, ""), wanted))) {
      Subject subject = ready.get();
      String ofAll = whyNot(block.with(able), subject);
      able.removeIf(strategy -> {
        String reason =
            ofAll != null ? ofAll : Needs.whyNot(subject.footprint(), block.backing(), strategy);
        if (reason != null) {
          refuse(block, strategy, Status.UNSUPPORTED, reason, sink);
        }
        return reason != null;
      });
      runAble(block, subject, able, wanted, sink);
    }
  }

  private boolean isWanted(Cell cell, Wanted wanted) {
    return IntStream.rangeClosed(1, reps).anyMatch(rep -> wanted.test(cell, rep));
  }

  private void refuse(
      Block block, Strategy strategy, Status status, String why, Consumer<Repetition> sink) {
    sink.accept(Repetition.without(block.cell(name(), strategy, ""), status, why));
  }

  @Override
  public @Nullable String whyNot(Block block, Strategy strategy) {
    if (block.workload().vms() > 1) {
      return "live replays one VM, the workload has " + block.workload().vms();
    } else if (block.backing().probe() instanceof Support.No(String reason)) {
      return reason;
    }
    for (Verb verb : block.backing().converts()) {
      if (!strategy.needs().contains(verb)) {
        return block.backing().name() + " converts by " + verb.text();
      }
    }
    String reason = strategy.whyNotLive();
    reason = reason == null ? Needs.whyNot(Needs.of(strategy), block.backing()::supports) : reason;
    return reason == null ? Needs.whyNot(block, strategy) : reason;
  }

  /** Why nothing of a block can be run with this trace, or null. */
  public @Nullable String whyNot(Block block, Subject subject) {
    Backing backing = block.backing();
    String lacks = Needs.whyNot(Needs.of(subject.footprint()), backing::supports);
    if (lacks != null) {
      return lacks + ", which the workload needs";
    }
    String reason = Needs.noRoom(block, subject.footprint(), threads);
    if (reason != null || threads == 1) {
      return reason;
    }
    return Crew.whyNot(subject.trace(), threads, block.workload().guest().pages());
  }

  /**
   * Strategies share a memory (one in place, one of two sides), so they meet the same kernel state.
   * Memories with a VM are not open at the same time: its notifier would be called by what the
   * other zaps, 3.6 % of a boot that punches mapped guest_memfd. In place comes first, since {@code
   * snp} is what a boot is above.
   */
  private void runAble(
      Block block, Subject subject, List<Strategy> able, Wanted wanted, Consumer<Repetition> sink) {
    Map<Integer, Round> rounds = new TreeMap<>();
    for (int rep = 1; rep <= reps; rep++) {
      int thisRep = rep;
      if (able.stream().anyMatch(s -> wanted.test(block.cell(name(), s, ""), thisRep))) {
        rounds.put(rep, new Round(block.workload().boot()));
      }
    }
    if (!block.backing().opensVm()) {
      runTogether(block, subject, able, rounds, sink);
      return;
    }
    for (boolean inPlace : new boolean[] {true, false}) {
      List<Strategy> some = able.stream().filter(s -> s.inPlace() == inPlace).toList();
      runTogether(block, subject, some, rounds, sink);
    }
  }

  private void runTogether(
      Block block,
      Subject subject,
      List<Strategy> able,
      Map<Integer, Round> rounds,
      Consumer<Repetition> sink) {
    try (Memories memories = new Memories(block)) {
      List<LiveCell> cells = new ArrayList<>();
      for (Strategy strategy : able) {
        LiveCell live =
            new LiveCell(this, block, strategy, subject, memories.of(strategy.inPlace()));
        if (attempt(live, () -> live.prepare(warmupConversions), sink)) {
          cells.add(live);
        }
      }
      rounds.forEach((rep, round) -> round(round, cells, rep, sink));
    } catch (LinuxException e) {
      able.forEach(s -> refuse(block, s, Status.FAILED, e.reason(), sink));
    } catch (OutOfMemoryError e) {
      String reason = Needs.moreHeap(block, subject.footprint());
      able.forEach(s -> refuse(block, s, Status.FAILED, reason, sink));
    }
  }

  private static void round(Round round, List<LiveCell> cells, int rep, Consumer<Repetition> sink) {
    List<LiveCell> order = rep % 2 == 1 ? List.copyOf(cells) : cells.reversed();
    for (LiveCell cell : List.copyOf(order)) {
      boolean fine = attempt(cell, () -> round.add(cell.strategy(), cell.measure(rep)), sink);
      if (!fine) {
        cells.remove(cell);
      }
    }
    round.finish(sink);
  }

  /** A cell that fails says so in its row and is not run again; the others go on. */
  private static boolean attempt(LiveCell cell, Runnable step, Consumer<Repetition> sink) {
    String reason;
    try {
      step.run();
      return true;
    } catch (LinuxException | WrongAnswer e) {
      reason = String.valueOf(e.getMessage());
    } catch (InternalError e) {
      // the JVM's word for SIGBUS in a mapping: a page could not be had
      reason = "SIGBUS while touching memory: " + e.getMessage();
    }
    sink.accept(Repetition.without(cell.cell(), Status.FAILED, reason));
    return false;
  }

  /** The memories of a block, opened when first asked for. */
  private static final class Memories implements AutoCloseable {
    private final Block block;
    private @Nullable Memory inPlace;
    private @Nullable Memory twoSided;

    Memories(Block block) {
      this.block = block;
    }

    Memory of(boolean wantsInPlace) {
      Memory memory = wantsInPlace ? inPlace : twoSided;
      if (memory == null) {
        memory = block.backing().open(block.workload().guest(), wantsInPlace);
        if (wantsInPlace) {
          inPlace = memory;
        } else {
          twoSided = memory;
        }
      }
      return memory;
    }

    @Override
    public void close() {
      if (inPlace != null) {
        inPlace.close();
      }
      if (twoSided != null) {
        twoSided.close();
      }
    }
  }
}
