// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import module java.base;

import gmembench.Units;
import gmembench.backing.Memory;
import gmembench.engine.Clock;
import gmembench.engine.Faults;
import gmembench.engine.Recorder;
import gmembench.engine.Replay;
import gmembench.engine.Timed;
import gmembench.engine.WrongAnswer;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.result.Declared;
import gmembench.result.Metrics;
import gmembench.strategy.AroundConverter;
import gmembench.strategy.Converter;
import gmembench.strategy.Strategy;
import gmembench.trace.Batch;
import gmembench.trace.Trace;
import gmembench.tracker.PageMap;
import org.jspecify.annotations.Nullable;

/**
 * Host threads that replay a guest's vCPUs at the same time; the events of vCPU v are thread v
 * modulo their number, each in its own order and as fast as it goes.
 *
 * <p>The locking rule. The page map is shared, under one lock for as long as a call of it takes. A
 * strategy without state of its own has a converter for each thread, and its system calls are made
 * outside of that lock, so that threads meet in the kernel (slots_lock, mmu_lock, invalidate_lock).
 * Any other strategy is one converter under one lock, with its system calls inside. Touches are
 * always outside.
 */
final class Crew {
  private final int size;
  private final long guestPages;
  private final Trace[] traces;

  /** Numbers of each thread's conversions that were refused in the last run. */
  private List<long[]> refused = List.of();

  /** Deals out the events; throws if what the threads leave behind depends on who is first. */
  Crew(Trace trace, int threads, long guestPages) {
    this.size = threads;
    this.guestPages = guestPages;
    Batch[] batches = new Batch[threads];
    for (int i = 0; i < threads; i++) {
      batches[i] = new Batch(1024);
    }
    trace.forEach(
        (atNs, vcpu, op, gfn, pages) -> batches[vcpu % threads].add(atNs, vcpu, op, gfn, pages));
    this.traces = new Trace[threads];
    for (int i = 0; i < threads; i++) {
      traces[i] = Trace.of(batches[i]);
    }
  }

  /** Why the last state would depend on which thread is first, or null if it does not. */
  static @Nullable String whyNot(Trace trace, int threads, long guestPages) {
    Crew crew = new Crew(trace, threads, guestPages);
    List<Ends> ends = IntStream.range(0, threads).mapToObj(i -> crew.ends(i)).toList();
    for (int i = 0; i < threads; i++) {
      for (int j = 0; j < threads; j++) {
        long gfn = i == j ? guestPages : ends.get(i).conflict(ends.get(j), guestPages);
        if (gfn < guestPages) {
          return threads
              + " threads: what becomes of gfn "
              + Units.hex(gfn)
              + " depends on which of two is first";
        }
      }
    }
    return null;
  }

  /** On which side a thread leaves the pages that it converts, and what else it touches. */
  private record Ends(PageSet toShared, PageSet toPrivate, PageSet touched) {
    /** The first page that the other converts to another end, or touches; or the guest's end. */
    long conflict(Ends other, long guestPages) {
      long first = meet(toShared, other.toPrivate, guestPages);
      first = Math.min(first, meet(toShared, other.touched, guestPages));
      return Math.min(first, meet(toPrivate, other.touched, guestPages));
    }

    private static long meet(PageSet a, PageSet b, long limit) {
      long gfn = a.next(0, limit);
      while (gfn < limit && !b.contains(gfn)) {
        gfn = a.next(gfn + 1, limit);
      }
      return gfn;
    }
  }

  /**
   * @param refused numbers of a thread's conversions, ascending
   */
  private Ends ends(int thread, long... refused) {
    Ends ends = new Ends(new PageSet(guestPages), new PageSet(guestPages), new PageSet(guestPages));
    long[] number = {0};
    traces[thread].forEach((atNs, vcpu, op, gfn, pages) -> {
      if (op.isConversion()) {
        boolean shared = op.side() == Side.SHARED;
        (shared ? ends.toShared : ends.toPrivate).add(gfn, pages);
        if (Arrays.binarySearch(refused, number[0]++) < 0) {
          (shared ? ends.toPrivate : ends.toShared).remove(gfn, pages);
        } else {
          (shared ? ends.toPrivate : ends.toShared).add(gfn, pages);
        }
      } else {
        ends.touched.add(gfn, pages);
      }
    });
    return ends;
  }

  /** Replays all of it; {@code into} gets what all threads recorded, {@code own} its metrics. */
  void run(
      Strategy strategy, Memory memory, PageMap map, Faults faults, Recorder into, Metrics own) {
    Clock clock = new Clock.Wall();
    PageMap locked = new LockedMap(map);
    Function<Recorder, Converter> open =
        r -> faults.around(strategy.open(new Timed(memory, clock, r), locked), locked);
    Recorder common = Recorder.live();
    Converter one = open.apply(common);
    List<Converter> converters = new ArrayList<>(List.of(one));
    CountDownLatch ready = new CountDownLatch(size);
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      Recorder recorder = Recorder.live();
      Converter converter = strategy.hasState() ? new Shared(one, i == 0) : open.apply(recorder);
      if (!strategy.hasState()) {
        converters.add(converter);
      }
      members.add(
          new Member(
              new Replay(one.seen(memory), converter, clock, recorder),
              recorder,
              traces[i],
              ready));
    }
    List<Thread> threads = members.stream().map(m -> new Thread(m, "vcpu")).toList();
    threads.forEach(Thread::start);
    threads.forEach(Crew::join);
    for (Member member : members) {
      member.rethrow();
      into.add(member.recorder);
    }
    long start = members.stream().mapToLong(m -> m.startNs).min().orElseThrow();
    one.settle();
    into.add(common);
    long totalNs = clock.ns() - start;
    into.total(totalNs, totalNs);
    own.putAll(Metrics.over(converters.stream().map(Crew::reported).toList()));
    refused = members.stream().map(m -> m.replay.refused()).toList();
    own.put(Declared.THREADS, size);
    own.put(Declared.CONVERSIONS_PER_S, into.conversions() * 1_000_000_000L / totalNs);
  }

  private static Metrics reported(Converter converter) {
    Metrics metrics = new Metrics();
    converter.report(metrics);
    return metrics;
  }

  /**
   * Is every page on a side on which one of the threads has left it in the last run? A refused
   * conversion may have been done in part, and another thread may have undone it before that was
   * found: its pages may be on either side.
   */
  void check(PageMap map) {
    PageSet toShared = new PageSet(guestPages);
    PageSet toPrivate = new PageSet(guestPages);
    for (int i = 0; i < size; i++) {
      Ends ends = ends(i, refused.get(i));
      ends.toShared.forEachRun(toShared::add);
      ends.toPrivate.forEachRun(toPrivate::add);
    }
    map.forEachRange(
        0,
        guestPages,
        (gfn, pages, side) -> {
          long end = gfn + pages;
          long wrong =
              side == Side.SHARED ? toShared.nextAbsent(gfn, end) : toShared.next(gfn, end);
          while (side == Side.PRIVATE && wrong < end && toPrivate.contains(wrong)) {
            wrong = toShared.next(wrong + 1, end);
          }
          if (wrong < end) {
            throw new WrongAnswer(wrong, side, "is there", "no thread left it there");
          }
        });
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // the threads use the memory: it cannot be closed before they end
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A thread's part. */
  private static final class Member implements Runnable {
    private final Replay replay;
    private final Recorder recorder;
    private final Trace trace;
    private final CountDownLatch ready;
    private long startNs;
    private @Nullable Throwable failure;

    Member(Replay replay, Recorder recorder, Trace trace, CountDownLatch ready) {
      this.replay = replay;
      this.recorder = recorder;
      this.trace = trace;
      this.ready = ready;
    }

    @Override
    public void run() {
      try {
        ready.countDown();
        ready.await();
        startNs = System.nanoTime();
        replay.run(trace);
      } catch (InterruptedException | RuntimeException | InternalError e) {
        failure = e;
      }
    }

    void rethrow() {
      switch (failure) {
        case null -> {}
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new IllegalStateException(failure);
      }
    }
  }

  /** One converter for all; the guest's idle time is counted by the first thread only. */
  private record Shared(Converter converter, boolean first) implements AroundConverter {
    @Override
    public boolean convert(long gfn, long pages, Side to) {
      synchronized (converter) {
        return converter.convert(gfn, pages, to);
      }
    }

    @Override
    public boolean mayTouch(long gfn, long pages, Side side) {
      synchronized (converter) {
        return converter.mayTouch(gfn, pages, side);
      }
    }

    @Override
    public boolean touched(long gfn, long pages, Side side) {
      synchronized (converter) {
        return converter.touched(gfn, pages, side);
      }
    }

    /** The crew's own, once all threads are done. */
    @Override
    public void settle() {}

    @Override
    public void idle(long ns) {
      if (first) {
        synchronized (converter) {
          converter.idle(ns);
        }
      }
    }
  }
}
