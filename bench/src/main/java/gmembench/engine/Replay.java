// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.strategy.Converter;
import gmembench.trace.Batch;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import java.util.Arrays;

/**
 * Plays a trace against a converter as fast as it goes; the trace's own times reach the strategy as
 * idle time only. After a conversion the side that was asked for is really touched.
 *
 * <p>In virtual time every vCPU goes on from where it was itself; what a strategy does while the
 * guest is idle delays the vCPU that goes on first. Events take effect in the order of the trace.
 *
 * <p>One clock reading ends what came before and starts what follows, so a conversion costs two
 * readings for itself and its touch, and two for each verb of the strategy.
 */
public final class Replay {
  /**
   * Events a call of the inner loop. A method that is called once a replay stays in the first
   * compiler's code for most of it; one that is called often is soon compiled by the second.
   */
  private static final int CHUNK = 32;

  private final Memory memory;
  private final boolean asks;
  private final Converter converter;
  private final Clock clock;
  private final Recorder recorder;
  private long traceNs;
  private long markNs;
  private long startNs;
  private boolean hasStarted;
  private int vcpu;
  private long conversions;

  /** Which conversions were refused, by number from 0: rare, so the array is small. */
  private long[] refused = new long[0];

  private int refusals;
  private final Look look;
  private long lookAt;

  /** What the clock stood still for. */
  private long leftOutNs;

  /**
   * @param memory what the touches after conversions go to; the converter has its own, timed
   */
  public Replay(Memory memory, Converter converter, Clock clock, Recorder recorder) {
    this(memory, converter, clock, recorder, Look.NEVER);
  }

  public Replay(Memory memory, Converter converter, Clock clock, Recorder recorder, Look look) {
    this.look = look;
    this.lookAt = look.next(0);
    this.memory = memory;
    this.asks = memory.hasGuest();
    this.converter = converter;
    this.clock = clock;
    this.recorder = recorder;
  }

  /** The numbers of the conversions that were refused, ascending. */
  public long[] refused() {
    return Arrays.copyOf(refused, refusals);
  }

  public void run(Trace trace) {
    try (Trace.Batches batches = trace.open()) {
      clock.start();
      startNs = clock.ns();
      markNs = startNs;
      for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
        for (int i = 0; i < batch.size; i += CHUNK) {
          run(batch, i, Math.min(i + CHUNK, batch.size));
          if (recorder.makeRoom()) {
            leaveOut();
          }
        }
      }
      clock.join();
      converter.settle();
      long end = clock.lastNs();
      startNs += leftOutNs;
      recorder.total(end - startNs, clock.workNs(startNs, end));
    }
  }

  private void run(Batch batch, int from, int to) {
    for (int i = from; i < to; i++) {
      if (batch.vcpu[i] != vcpu) {
        vcpu = batch.vcpu[i];
        markNs = clock.turn(vcpu, markNs);
      }
      long idleNs = batch.atNs[i] - traceNs;
      if (idleNs > 0) {
        traceNs = batch.atNs[i];
        converter.idle(idleNs);
      }
      event(Op.of(batch.op[i]), batch.gfn[i], batch.pages[i]);
    }
  }

  private void event(Op op, long gfn, long pages) {
    Side side = op.side();
    if (op == Op.TO_SHARED || op == Op.TO_PRIVATE) {
      if (asks) {
        memory.apply(Verb.ASK, gfn, pages, side);
      }
      if (convert(gfn, pages, side)) {
        apply(Verb.TOUCH, gfn, pages, side);
      }
      if (conversions == lookAt) {
        look(gfn, side);
      }
      return;
    }
    switch (op) {
      case HOST_TO_SHARED, HOST_TO_PRIVATE -> convert(gfn, pages, side);
      case PIN -> apply(Verb.PIN, gfn, pages, side);
      case UNPIN -> apply(Verb.UNPIN, gfn, pages, side);
      case HOST_TOUCH_SHARED, HOST_TOUCH_PRIVATE -> touch(Verb.HOST_TOUCH, gfn, pages, side);
      case ALLOCATE -> apply(Verb.ALLOCATE, gfn, pages, side);
      case COPY -> image(Verb.COPY_IN, gfn, pages, side);
      case POPULATE -> image(Verb.POPULATE, gfn, pages, side);
      default -> {
        touch(Verb.TOUCH, gfn, pages, side);
        if (op == Op.START) {
          start();
        }
      }
    }
  }

  private void touch(Verb verb, long gfn, long pages, Side side) {
    if (converter.mayTouch(gfn, pages, side)) {
      apply(verb, gfn, pages, side);
      if (converter.touched(gfn, pages, side)) {
        markNs = clock.ns();
      }
    }
  }

  /** KVM takes no initial image any more once the guest is finished (KVM_SEV_SNP_LAUNCH_FINISH). */
  private void image(Verb verb, long gfn, long pages, Side side) {
    if (hasStarted) {
      recorder.imageRefused();
    } else {
      apply(verb, gfn, pages, side);
    }
  }

  private void start() {
    hasStarted = true;
    recorder.firstInstruction(markNs - startNs - leftOutNs);
  }

  private boolean convert(long gfn, long pages, Side to) {
    boolean done = converter.convert(gfn, pages, to);
    if (!done) {
      refuse();
    }
    conversions++;
    long now = clock.ns();
    recorder.conversion(now - markNs, done);
    markNs = now;
    return done;
  }

  private void look(long gfn, Side to) {
    if (refusals == 0) {
      look.look(conversions, gfn, to);
    }
    lookAt = look.next(conversions);
    leaveOut();
  }

  /** What was done since the last reading of the clock is not the replay's. */
  private void leaveOut() {
    long now = clock.ns();
    leftOutNs += now - markNs;
    markNs = now;
  }

  private void refuse() {
    if (refusals == refused.length) {
      refused = Arrays.copyOf(refused, Math.max(64, 2 * refusals));
    }
    refused[refusals++] = conversions;
  }

  private void apply(Verb verb, long gfn, long pages, Side side) {
    memory.apply(verb, gfn, pages, side);
    long now = clock.ns();
    recorder.verb(verb, pages, now - markNs);
    markNs = now;
  }
}
