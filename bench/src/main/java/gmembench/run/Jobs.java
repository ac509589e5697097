// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import module java.base;

import gmembench.engine.Engine;
import gmembench.engine.Subject;
import gmembench.engine.Subjects;
import gmembench.result.Repetition;

/**
 * Runs steps in their order: the model's replays several at a time, which changes nothing but how
 * long it takes, live ones alone on the machine. What is found is handed over in the plan's order.
 */
final class Jobs implements AutoCloseable {
  private final int threads;
  private final Subjects subjects;
  private final Engine.Wanted wanted;
  private final Consumer<Repetition> sink;
  private final ExecutorService pool;
  private final Deque<Runnable> underWay = new ArrayDeque<>();

  Jobs(int threads, Subjects subjects, Engine.Wanted wanted, Consumer<Repetition> sink) {
    this.threads = threads;
    this.subjects = subjects;
    this.wanted = wanted;
    this.sink = sink;
    this.pool =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().name("model-", 1).daemon().factory());
  }

  void run(Plan.Step step) {
    Engine engine = step.engine();
    Supplier<Subject> subject = () -> subjects.of(step.block().workload());
    if (threads == 1 || engine.isTimed()) {
      finish();
      engine.run(step.block(), subject, wanted, sink);
      return;
    }
    underWay.add(engine.start(step.block(), subject, wanted, pool, sink));
    // As many blocks under way as keep all threads busy at the end of one.
    while (underWay.size() > threads) {
      underWay.remove().run();
    }
  }

  /** Waits for all that is under way. */
  void finish() {
    while (!underWay.isEmpty()) {
      underWay.remove().run();
    }
  }

  /** Gives up what is still under way. */
  @Override
  public void close() {
    pool.shutdownNow();
  }
}
