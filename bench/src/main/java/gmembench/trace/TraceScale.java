// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import gmembench.InputException;
import gmembench.Units;
import org.jspecify.annotations.Nullable;

/**
 * A trace as a larger guest, a faster one or a longer run would have made it.
 *
 * @param timePercent times are multiplied by this, in percent
 * @param repeat the whole trace so many times, one after the other
 * @param copies so many guests side by side, each doing the same at the same time
 * @param guestPages where the next copy begins
 * @param shiftPages what is in the upper half of the guest goes up by this: firmware that allocates
 *     top down does so in a larger guest
 */
public record TraceScale(
    long timePercent, long repeat, long copies, long guestPages, long shiftPages) {
  public TraceScale {
    if (timePercent < 0 || timePercent > 1_000_000 || repeat < 1 || copies < 1) {
      throw new IllegalArgumentException("time from 0 to 10000, repeat and copies of 1 or more");
    }
    if (guestPages < 1 || shiftPages < 0 || copies > Long.MAX_VALUE / guestPages) {
      throw new IllegalArgumentException("a guest of 4KiB or more, and one that does not shrink");
    }
  }

  public Trace of(Trace trace) {
    return () -> new Repeated(trace);
  }

  /**
   * Refuses what becomes of a trace if its times would not fit in 2^63 ns, or its gfns in 64 TiB.
   */
  public void requireFits(TraceBounds bounds) {
    String most = "less than 292 years, and guests of 64 TiB in all";
    try {
      long passesNs = Math.multiplyExact(repeat, scaled(bounds.lastNs()));
      long betweenNs = Math.multiplyExact(repeat - 1, Stretch.BETWEEN_NS);
      long _ = Math.addExact(passesNs, betweenNs);
      long endGfn = Math.multiplyExact(copies, Math.addExact(guestPages, shiftPages));
      if (endGfn > TraceBounds.MOST_PAGES) {
        throw new InputException(note(), "goes up to gfn " + Units.hex(endGfn), most);
      }
    } catch (ArithmeticException e) {
      throw new InputException(note(), "goes on beyond 2^63 ns", most);
    }
  }

  private long scaled(long ns) {
    return Math.addExact(Math.multiplyExact(ns / 100, timePercent), ns % 100 * timePercent / 100);
  }

  /** Rewrites the source again and again, each time where the time before ended. */
  private final class Repeated implements Trace.Batches {
    private final Trace source;
    private Trace.Batches pass;
    private final Stretch stretch = new Stretch();
    private long done;

    Repeated(Trace source) {
      this.source = source;
      this.pass = open();
    }

    private Trace.Batches open() {
      stretch.again();
      return TraceRewrite.of(source, () -> stretch).open();
    }

    @Override
    public @Nullable Batch next() {
      Batch batch = pass.next();
      while (batch == null && ++done < repeat) {
        pass.close();
        pass = open();
        batch = pass.next();
      }
      return batch;
    }

    @Override
    public void close() {
      pass.close();
    }
  }

  private final class Stretch implements TraceRewrite.Rule {
    private static final long BETWEEN_NS = 1000;

    private long baseNs = -BETWEEN_NS;
    private long lastNs;

    void again() {
      baseNs = Math.addExact(lastNs, baseNs < 0 ? 0 : BETWEEN_NS);
      lastNs = baseNs;
    }

    @Override
    public void event(Events out, long atNs, int vcpu, Op op, long gfn, long pages) {
      lastNs = Math.addExact(baseNs, scaled(atNs));
      out.at(lastNs);
      out.vcpu(vcpu);
      long moved = gfn >= guestPages / 2 ? gfn + shiftPages : gfn;
      for (long copy = 0; copy < copies; copy++) {
        out.add(op, moved + copy * (guestPages + shiftPages), pages);
      }
    }
  }

  /** What is done, for the notes of the trace that comes of it. */
  public String note() {
    return "scaled: time "
        + timePercent
        + "%, repeat "
        + repeat
        + ", copies "
        + copies
        + ", shift "
        + Units.exactSize(shiftPages * Units.PAGE_BYTES);
  }
}
