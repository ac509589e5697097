// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import module java.base;

import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.backing.Watch;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.result.Declared;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;

/**
 * Any strategy in two steps, as was proposed with a "pending" state of a page: the guest's request
 * marks a range, which takes it from the page tables; userspace converts it, and completes or
 * cancels. Who touches a pending page meanwhile leaves the guest and waits; who asks for one gets
 * EAGAIN, waits, and asks again. An option of that strategy: {@code
 * eager-punch-hole:two-phase=true}.
 *
 * <p>No kernel has the state: it is kept here, live too, where it is pages being unmapped and
 * threads waiting that is real.
 */
record WithTwoPhase(Strategy strategy) implements AroundStrategy {
  static final String OPTION = "two-phase";

  @Override
  public String option() {
    return OPTION;
  }

  @Override
  public Verb verb() {
    return Verb.UNMAP;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return new Phases(memory, strategy.open(memory, map), map.pages());
  }

  /** Until when each page is pending; in blocks of 2 MiB, made when first needed. */
  private static final class Until {
    private final long[][] blocks;

    Until(long pages) {
      this.blocks = new long[Math.toIntExact((pages - 1) / Guest.FRAME_PAGES + 1)][];
    }

    synchronized void set(long gfn, long pages, long ns) {
      for (long at = gfn; at < gfn + pages; at++) {
        int block = (int) (at / Guest.FRAME_PAGES);
        if (blocks[block] == null) {
          blocks[block] = new long[(int) Guest.FRAME_PAGES];
          Arrays.fill(blocks[block], Long.MIN_VALUE);
        }
        blocks[block][(int) (at % Guest.FRAME_PAGES)] = ns;
      }
      notifyAll();
    }

    synchronized long last(long gfn, long pages) {
      long last = Long.MIN_VALUE;
      for (long at = gfn; at < gfn + pages; at++) {
        long[] block = blocks[(int) (at / Guest.FRAME_PAGES)];
        last = block == null ? last : Math.max(last, block[(int) (at % Guest.FRAME_PAGES)]);
      }
      return last;
    }

    /** Live: until another thread has completed it. */
    synchronized void await(long gfn, long pages) {
      boolean interrupted = false;
      while (last(gfn, pages) == Long.MAX_VALUE) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static final class Phases implements AroundConverter {
    private final Memory memory;
    private final Converter then;
    private final Until until;
    private final LongAdder waits = new LongAdder();
    private final LongAdder waitNs = new LongAdder();
    private Memory seen;
    private long marks;
    private long pendingNs;
    private long refused;
    private long cancelled;

    Phases(Memory memory, Converter then, long guestPages) {
      this.memory = memory;
      this.then = then;
      this.until = new Until(guestPages);
      this.seen = memory;
    }

    @Override
    public Converter converter() {
      return then;
    }

    @Override
    public boolean convert(long gfn, long pages, Side to) {
      if (isPending(gfn, pages)) {
        refused++;
        await(gfn, pages);
        seen.apply(Verb.ASK, gfn, pages, to);
      }
      long start = memory.nowNs();
      marks++;
      until.set(gfn, pages, Long.MAX_VALUE);
      boolean done = false;
      try {
        memory.unmap(gfn, pages, to.other());
        done = then.convert(gfn, pages, to);
        return done;
      } finally {
        long end = memory.nowNs();
        until.set(gfn, pages, end);
        pendingNs = Math.addExact(pendingNs, end - start);
        cancelled += done ? 0 : 1;
      }
    }

    private boolean isPending(long gfn, long pages) {
      return until.last(gfn, pages) > memory.nowNs();
    }

    /** On the model by its clock: a conversion is over there when the next event comes. */
    private long await(long gfn, long pages) {
      long start = memory.nowNs();
      until.await(gfn, pages);
      memory.sleepUntil(until.last(gfn, pages));
      return memory.nowNs() - start;
    }

    @Override
    public Memory seen(Memory through) {
      seen = through;
      return then.seen(Watch.over(through, this::touch));
    }

    /** The guest's touches, on their way to the memory. */
    private long touch(Memory through, Verb verb, long gfn, long pages, Side side) {
      if (verb == Verb.TOUCH && isPending(gfn, pages)) {
        through.apply(Verb.ASK, gfn, pages, side);
        waits.increment();
        waitNs.add(await(gfn, pages));
      }
      return through.apply(verb, gfn, pages, side);
    }

    @Override
    public void report(Metrics metrics) {
      then.report(metrics);
      metrics.put(Declared.PENDING_COUNT, marks);
      metrics.put(Declared.PENDING_TOTAL_NS, pendingNs);
      metrics.put(Declared.PENDING_EXIT_COUNT, marks + refused + waits.sum());
      metrics.put(Declared.PENDING_REFUSED_COUNT, refused);
      metrics.put(Declared.PENDING_CANCELLED_COUNT, cancelled);
      metrics.put(Declared.PENDING_WAIT_COUNT, waits.sum());
      metrics.put(Declared.PENDING_WAIT_NS, waitNs.sum());
    }
  }
}
