// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import java.util.function.Consumer;
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

  /**
   * Reads a stream once, and holds it in memory if it takes no more than a quarter of the heap;
   * else every pass is a pass over the stream.
   *
   * @param reader sees every batch of this first pass
   */
  static Trace held(Trace stream, Consumer<Batch> reader) {
    return held(stream, Runtime.getRuntime().maxMemory() / 4, reader);
  }

  /** The same with another limit; while a batch grows there are two, hence the half. */
  static Trace held(Trace stream, long maxBytes, Consumer<Batch> reader) {
    long maxEvents = Math.min(Integer.MAX_VALUE - 8, maxBytes / Batch.EVENT_BYTES) / 2;
    Batch all = new Batch(1024);
    try (Batches batches = stream.open()) {
      for (Batch b = batches.next(); b != null; b = batches.next()) {
        reader.accept(b);
        if (all != null && all.size + b.size <= maxEvents) {
          all.append(b);
        } else {
          all = null;
        }
      }
    }
    return all == null ? stream : of(all);
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
