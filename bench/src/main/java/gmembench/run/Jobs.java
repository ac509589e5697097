// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import gmembench.engine.Engine;
import gmembench.engine.Subject;
import gmembench.engine.Subjects;
import gmembench.model.Model;
import gmembench.result.Observation;
import gmembench.strategy.Strategy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Runs steps in their order: the model's replays several at a time, which changes nothing but how
 * long it takes, live ones alone on the machine. What is found is handed over in the plan's order.
 */
final class Jobs implements AutoCloseable {
  private final int threads;
  private final Subjects subjects;
  private final Engine.Wanted wanted;
  private final Consumer<Observation> sink;
  private final ExecutorService pool;
  private final Deque<Ahead> ahead = new ArrayDeque<>();

  Jobs(int threads, Subjects subjects, Engine.Wanted wanted, Consumer<Observation> sink) {
    this.threads = threads;
    this.subjects = subjects;
    this.wanted = wanted;
    this.sink = sink;
    this.pool =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().name("model-", 1).daemon().factory());
  }

  /** A step of the model whose replays are under way. */
  private record Ahead(Model model, Plan.Step step, List<Future<Observation>> replays) {}

  void run(Plan.Step step) {
    if (threads > 1 && step.engine() instanceof Model model) {
      if (model.isWanted(step.block(), wanted)) {
        ahead.add(start(model, step));
      }
      // As many blocks under way as keep all threads busy at the end of one.
      while (ahead.size() > threads) {
        finishFirst();
      }
      return;
    }
    finish();
    step.engine().run(step.block(), subject(step), wanted, sink);
  }

  private Supplier<Subject> subject(Plan.Step step) {
    return () -> subjects.of(step.block().workload());
  }

  private Ahead start(Model model, Plan.Step step) {
    List<Future<Observation>> replays = new ArrayList<>();
    for (Strategy strategy : step.block().strategies()) {
      replays.add(pool.submit(() -> model.observe(step.block(), subject(step).get(), strategy)));
    }
    return new Ahead(model, step, replays);
  }

  private void finishFirst() {
    Ahead first = ahead.remove();
    List<Observation> found = first.replays().stream().map(Jobs::get).toList();
    first.model().finish(first.step().block(), found, sink);
  }

  private static Observation get(Future<Observation> replay) {
    try {
      return replay.get();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted by nobody", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      } else if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e);
    }
  }

  /** Waits for all that is under way. */
  void finish() {
    while (!ahead.isEmpty()) {
      finishFirst();
    }
  }

  /** Gives up what is still under way. */
  @Override
  public void close() {
    pool.shutdownNow();
  }
}
