// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import module java.base;

import gmembench.trace.Op;
import gmembench.trace.Trace;

/**
 * When the pins of a trace end. A pin is a device's: it ends at the time that the trace gives its
 * unpin (of the same range), whatever vCPUs wait for meanwhile. So how long a conversion has to
 * wait is known by looking ahead.
 *
 * <p>The clock here is the guest's: the trace's own time, or later where a conversion has waited
 * longer than the trace had left. What verbs cost does not move it. 8 bytes for each pin of the
 * trace are held.
 */
public final class PinSchedule {
  private static final int HELD_AT_FIRST = 16;

  /** Ends of the trace's pins, in the order of the trace. */
  private final long[] endsNs;

  private int pins;
  private long traceNs;
  private long nowNs;

  /** Pins that are held, in no order. */
  private long[] gfns = new long[HELD_AT_FIRST];

  private long[] counts = new long[HELD_AT_FIRST];
  private long[] ends = new long[HELD_AT_FIRST];
  private int held;

  /** What {@link #waitFor} calls for pins that have ended. */
  public interface Ended {
    void unpin(long gfn, long pages);
  }

  private record Range(long gfn, long pages) {}

  private PinSchedule(long[] endsNs) {
    this.endsNs = endsNs;
  }

  /** The schedule of a workload; one that pins nothing costs nothing. */
  public static PinSchedule of(Subject subject) {
    return subject.footprint().pins() ? of(subject.trace()) : new PinSchedule(new long[0]);
  }

  /** One pass over a trace; a pin that is never dropped ends never. */
  public static PinSchedule of(Trace trace) {
    Looking looking = new Looking();
    trace.forEach((atNs, vcpu, op, gfn, pages) -> {
      if (op == Op.PIN) {
        looking.pin(new Range(gfn, pages));
      } else if (op == Op.UNPIN) {
        looking.unpin(new Range(gfn, pages), atNs);
      }
    });
    return new PinSchedule(Arrays.copyOf(looking.endsNs, looking.pins));
  }

  /** Pairs unpins with pins of the same range, the oldest first. */
  private static final class Looking {
    private final Map<Range, Queue<Integer>> open = new HashMap<>();
    private long[] endsNs = new long[HELD_AT_FIRST];
    private int pins;

    void pin(Range range) {
      if (pins == endsNs.length) {
        endsNs = Arrays.copyOf(endsNs, 2 * pins);
      }
      endsNs[pins] = Long.MAX_VALUE;
      open.computeIfAbsent(range, r -> new ArrayDeque<>()).add(pins++);
    }

    void unpin(Range range, long atNs) {
      Queue<Integer> same = open.get(range);
      if (same != null) {
        endsNs[same.remove()] = atNs;
        if (same.isEmpty()) {
          open.remove(range);
        }
      }
    }
  }

  /** The same pins for another replay. */
  public PinSchedule again() {
    return new PinSchedule(endsNs);
  }

  /** The guest's clock. */
  public long nowNs() {
    return nowNs;
  }

  /** The trace's own time. */
  public long traceNs() {
    return traceNs;
  }

  /** Does the trace pin nothing? */
  public boolean isEmpty() {
    return endsNs.length == 0;
  }

  /** The trace went on. */
  void idle(long ns) {
    traceNs += ns;
    nowNs = Math.max(nowNs, traceNs);
  }

  /** The next pin of the trace begins. */
  public void pinned(long gfn, long pages) {
    if (held == gfns.length) {
      gfns = Arrays.copyOf(gfns, 2 * held);
      counts = Arrays.copyOf(counts, 2 * held);
      ends = Arrays.copyOf(ends, 2 * held);
    }
    gfns[held] = gfn;
    counts[held] = pages;
    ends[held++] = endsNs[pins++];
  }

  /** The trace drops a pin: false if a conversion has waited for that already. */
  public boolean unpinned(long gfn, long pages) {
    int first = -1;
    for (int i = 0; i < held; i++) {
      if (gfns[i] == gfn && counts[i] == pages && (first < 0 || ends[i] < ends[first])) {
        first = i;
      }
    }
    if (first < 0) {
      return false;
    }
    drop(first);
    return true;
  }

  private void drop(int i) {
    held--;
    gfns[i] = gfns[held];
    counts[i] = counts[held];
    ends[i] = ends[held];
  }

  /**
   * Time goes on until nobody holds any of a range, or until the bound is reached.
   *
   * @return ns that went by
   */
  public long waitFor(long gfn, long pages, long boundNs, Ended ended) {
    long waited = left(gfn, pages, boundNs);
    pass(waited, ended);
    return waited;
  }

  /** How long any page of a range will be pinned, or the bound. */
  public long left(long gfn, long pages, long boundNs) {
    long until = nowNs;
    for (int i = 0; i < held; i++) {
      if (gfns[i] < gfn + pages && gfn < gfns[i] + counts[i]) {
        until = Math.max(until, ends[i]);
      }
    }
    return Math.min(until - nowNs, boundNs);
  }

  /** Time goes on while the trace stands still. */
  public void pass(long ns, Ended ended) {
    nowNs = Math.addExact(nowNs, ns);
    for (int i = held - 1; i >= 0; i--) {
      if (ends[i] <= nowNs) {
        long from = gfns[i];
        long count = counts[i];
        drop(i);
        ended.unpin(from, count);
      }
    }
  }
}
