// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import gmembench.guest.Side;
import gmembench.linux.LinuxException;
import gmembench.result.Metrics;
import java.util.concurrent.locks.LockSupport;

/**
 * A guest's memory: real kernel objects, or a model of them. Ranges are inside the guest; gfns and
 * pages are of 4K. All verbs go through {@link #apply}, so that a decorator (timing, audit, faults)
 * is one method.
 */
public interface Memory extends AutoCloseable {
  /** Between two looks at pins; a timer's slack is as long. */
  long POLL_NS = 50_000;

  /**
   * Does one verb to one range of one side.
   *
   * @return how many pages from {@code gfn} were done: all, or fewer if the kernel said EAGAIN for
   *     the page that follows
   */
  long apply(Verb verb, long gfn, long pages, Side side);

  default long allocate(long gfn, long pages, Side side) {
    return apply(Verb.ALLOCATE, gfn, pages, side);
  }

  default long discard(long gfn, long pages, Side side) {
    return apply(Verb.DISCARD, gfn, pages, side);
  }

  default long touch(long gfn, long pages, Side side) {
    return apply(Verb.TOUCH, gfn, pages, side);
  }

  default long unmap(long gfn, long pages, Side side) {
    return apply(Verb.UNMAP, gfn, pages, side);
  }

  default long check(long gfn, long pages, Side side) {
    return apply(Verb.CHECK, gfn, pages, side);
  }

  /**
   * Waits until nobody holds a folio of a range any more, but no longer than a bound. Here by
   * asking again and again; where releases can be foreseen, by waiting for them.
   *
   * @return ns that went by
   */
  default long awaitUnpinned(long gfn, long pages, Side side, long boundNs) {
    long start = System.nanoTime();
    long waited = 0;
    while (waited < boundNs && check(gfn, pages, side) < pages) {
      LockSupport.parkNanos(Math.min(POLL_NS, boundNs - waited));
      waited = System.nanoTime() - start;
    }
    return waited;
  }

  /** Its clock, in ns: the host's, or the model's. */
  default long nowNs() {
    return System.nanoTime();
  }

  /** The caller sleeps until its clock says so. */
  default void sleepUntil(long ns) {
    for (long left = ns - nowNs(); left > 0; left = ns - nowNs()) {
      LockSupport.parkNanos(left);
    }
  }

  /**
   * Does a guest run, whose requests to convert ({@link Verb#ASK}) are exits? The replay makes none
   * where it would be the harness's time only.
   */
  default boolean hasGuest() {
    return true;
  }

  /** Are both sides the same pages (in-place conversion, SNP without UPM)? */
  boolean inPlace();

  /** Order of its folios where nothing was split: {@link Backing#folioOrder}. */
  default int folioOrder() {
    return 0;
  }

  /**
   * What the kernel says is resident on a side, or -1 if it does not say (guest_memfd keeps
   * st_blocks at 0).
   */
  default long residentBytes(Side side) {
    return -1;
  }

  /** Says which memslots are set from now on, if it has any. */
  default void watchSlots(Memslots.Watch watch) {}

  /** Takes the guest's memory out of all memslots, if it is in any, until it is bound again. */
  default void unbind() {}

  /** Puts all of it into its memslots again, if it has any. */
  default void bind() {}

  /**
   * The first page from a gfn on that a side's file has, or has not; the end if none, or if there
   * is no file. Live by lseek(SEEK_DATA or SEEK_HOLE), to which a page that was allocated and never
   * written is a hole.
   */
  default long next(long gfn, long end, Side side, boolean allocated) {
    return end;
  }

  /** A side's file gives back all that it has, also what came with the guest's pages. */
  default void empty(Side side) {
    throw new UnsupportedOperationException("no file");
  }

  /**
   * Makes sure that free memory is ready to be used. A virtual machine may give free blocks back to
   * its host; the next touch of one would be timed as if it were this kernel's work.
   */
  default void recycle() {}

  /** A replay begins: what {@link #report} counts starts from here. */
  default void restart() {}

  /**
   * Adds the metrics that only this kind of memory has, counted since {@link #restart}. Its backing
   * declares them as a {@link gmembench.result.MetricSource}.
   */
  default void report(Metrics metrics) {}

  /** Can content be read back? Not of a model, not of the null backing. */
  default boolean hasContent() {
    return false;
  }

  /** The first word of a page as its side shows it; reading a hole may fill it. */
  default long read(long gfn, Side side) {
    throw new UnsupportedOperationException("no content");
  }

  /** Is the whole page zero as its side shows it? Reading a hole may fill it. */
  default boolean isZero(long gfn, Side side) {
    throw new UnsupportedOperationException("no content");
  }

  @Override
  void close();

  /** Does verbs that may fail for now, each of which says so by an exception. */
  static void attempt(Runnable verbs) {
    try {
      verbs.run();
    } catch (LinuxException e) {
      // the caller does without
    }
  }
}
