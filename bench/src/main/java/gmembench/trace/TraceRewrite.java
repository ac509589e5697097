// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A trace made from another, event by event and in bounded memory. */
final class TraceRewrite {
  private TraceRewrite() {}

  /** What becomes of events; one for each pass. */
  interface Rule {
    void event(Events out, long atNs, int vcpu, Op op, long gfn, long pages);

    /** The source is over. */
    default void end(Events out) {}
  }

  static Trace of(Trace source, Supplier<Rule> rule) {
    return () -> new Pass(source.open(), rule.get());
  }

  private static final class Pass implements Trace.Batches {
    private final Trace.Batches source;
    private final Rule rule;
    private final Batch batch = new Batch(1024);
    private final Events out = new Events(batch);
    private boolean ended;

    Pass(Trace.Batches source, Rule rule) {
      this.source = source;
      this.rule = rule;
    }

    @Override
    public @Nullable Batch next() {
      batch.size = 0;
      while (!ended && batch.size == 0) {
        Batch from = source.next();
        if (from == null) {
          ended = true;
          rule.end(out);
        } else {
          rewrite(from);
        }
      }
      return batch.size == 0 ? null : batch;
    }

    private void rewrite(Batch from) {
      for (int i = 0; i < from.size; i++) {
        rule.event(out, from.atNs[i], from.vcpu[i], Op.of(from.op[i]), from.gfn[i], from.pages[i]);
      }
    }

    @Override
    public void close() {
      source.close();
    }
  }
}
