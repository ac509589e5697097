// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

import org.jspecify.annotations.Nullable;

/** An immutable sequence of events in time order, which can be read any number of times. */
public interface Trace {
  /** Starts at the beginning. */
  Batches open();

  /** One pass over a trace. */
  interface Batches extends AutoCloseable {
    /** The next events, or null at the end; the same object may come back with other events. */
    @Nullable Batch next();

    @Override
    default void close() {}
  }

  /** What {@link #forEach} calls. */
  interface Visitor {
    void event(long atNs, int vcpu, Op op, long gfn, long pages);
  }

  /** For what is not timed: statistics, checks, writing. */
  default void forEach(Visitor visitor) {
    try (Batches batches = open()) {
      for (Batch b = batches.next(); b != null; b = batches.next()) {
        for (int i = 0; i < b.size; i++) {
          visitor.event(b.atNs[i], b.vcpu[i], Op.of(b.op[i]), b.gfn[i], b.pages[i]);
        }
      }
    }
  }

  /** A trace that is wholly in memory: one batch. */
  static Trace of(Batch events) {
    return () ->
        new Batches() {
          private boolean done;

          @Override
          public @Nullable Batch next() {
            if (done) {
              return null;
            }
            done = true;
            return events;
          }
        };
  }
}
