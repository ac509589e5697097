// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import module java.base;

import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.backing.Watch;
import gmembench.guest.Side;
import gmembench.linux.Errno;
import gmembench.linux.LinuxException;
import gmembench.result.Declared;
import gmembench.result.Metrics;

/**
 * Fails or holds up chosen calls of verbs in one replay. A call that fails is not made, as if the
 * kernel had refused it at its first page.
 *
 * <p>It does with an errno what the system call behind the verb allows, and no more: fallocate that
 * a signal has interrupted (EINTR) is made again; a check, a split or a merge answers EAGAIN and
 * EBUSY with the number of pages done; everything else is an error that the strategy gets. Safe
 * from any thread; calls are counted over all of them.
 */
final class FaultyMemory implements Watch {
  /** A signal that comes every time would otherwise never let it end. */
  private static final int MOST_RETRIES = 1000;

  private static final Set<Verb> FALLOCATE = EnumSet.of(Verb.ALLOCATE, Verb.DISCARD);
  private static final Set<Verb> ANSWERS_SHORT =
      EnumSet.of(Verb.CHECK, Verb.SPLIT, Verb.SHATTER, Verb.MERGE);

  /** Pins that were not got, so that giving them back is nothing. */
  private record Missing(long gfn, long pages, Side side) {}

  private final Memory memory;
  private final Faults faults;
  private final LongConsumer pause;
  private final AtomicLongArray calls = new AtomicLongArray(Verb.count());
  private final List<Missing> missing = Collections.synchronizedList(new ArrayList<>());
  private final LongAdder failed = new LongAdder();
  private final LongAdder retried = new LongAdder();
  private final LongAdder delayed = new LongAdder();

  FaultyMemory(Memory memory, Faults faults, LongConsumer pause) {
    this.memory = memory;
    this.faults = faults;
    this.pause = pause;
  }

  @Override
  public Memory memory() {
    return memory;
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    try {
      return attempt(verb, gfn, pages, side);
    } catch (LinuxException e) {
      failed.increment();
      if (verb == Verb.PIN) {
        missing.add(new Missing(gfn, pages, side));
      }
      boolean ofTheGuest = verb.effect() == Verb.TOUCH || verb == Verb.PIN || verb == Verb.UNPIN;
      if (ofTheGuest && faults.policy() == Faults.Policy.CONTINUE) {
        return 0;
      }
      throw e;
    }
  }

  private long attempt(Verb verb, long gfn, long pages, Side side) {
    for (int retry = 0; ; retry++) {
      int errno = errno(verb);
      if (errno == 0) {
        boolean nothing = verb == Verb.UNPIN && missing.remove(new Missing(gfn, pages, side));
        return nothing ? 0 : memory.apply(verb, gfn, pages, side);
      } else if (ANSWERS_SHORT.contains(verb) && (errno == Errno.EAGAIN || errno == Errno.EBUSY)) {
        failed.increment();
        return 0;
      } else if (errno != Errno.EINTR || !FALLOCATE.contains(verb) || retry == MOST_RETRIES) {
        throw new LinuxException(verb.text(), errno, "injected");
      }
      retried.increment();
    }
  }

  /** Counts the call, holds it up, and says how it fails; 0 if it does not. */
  private int errno(Verb verb) {
    long call = calls.incrementAndGet(verb.ordinal());
    for (Fault fault : faults.faults()) {
      if (fault.verb() == verb && fault.hits(call)) {
        if (fault.delayNs() > 0) {
          delayed.increment();
          pause.accept(fault.delayNs());
        }
        if (fault.errno() != 0) {
          return fault.errno();
        }
      }
    }
    return 0;
  }

  @Override
  public void report(Metrics metrics) {
    memory.report(metrics);
    metrics.put(Declared.FAULTS, failed.sum());
    metrics.put(Declared.FAULT_RETRIES, retried.sum());
    metrics.put(Declared.FAULT_DELAYS, delayed.sum());
  }
}
