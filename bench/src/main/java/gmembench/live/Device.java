// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import module java.base;

import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.backing.Watch;
import gmembench.engine.Clocked;
import gmembench.engine.PinSchedule;
import gmembench.guest.Side;
import gmembench.strategy.Converter;

/**
 * The device of a live guest, which holds the trace's pins. While a vCPU waits for one, a thread of
 * the device's own drops it when its time is over, by {@link PinSchedule}: the replay is as fast as
 * it goes, but a vCPU that begins to wait for a pin waits for all that is left of it.
 */
final class Device implements Watch {
  private final Memory memory;
  private final PinSchedule pins;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("device").factory());

  /**
   * @param pins of a replay that begins
   */
  Device(Memory memory, PinSchedule pins) {
    this.memory = memory;
    this.pins = pins;
  }

  @Override
  public Memory memory() {
    return memory;
  }

  /** A converter by which the device knows what time it is. */
  Converter clocked(Converter converter) {
    return new Clocked(converter, pins);
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    if (verb == Verb.PIN) {
      pins.pinned(gfn, pages);
    } else if (verb == Verb.UNPIN && !pins.unpinned(gfn, pages)) {
      return pages; // a vCPU has waited for it
    }
    return memory.apply(verb, gfn, pages, side);
  }

  @Override
  public long awaitUnpinned(long gfn, long pages, Side side, long boundNs) {
    PinSchedule.Ended drop = (from, count) -> memory.apply(Verb.UNPIN, from, count, side);
    long left = pins.left(gfn, pages, boundNs);
    long start = System.nanoTime();
    Future<?> passed =
        thread.submit(() -> {
          sleepUntil(start + left);
          pins.pass(left, drop);
        });
    memory.awaitUnpinned(gfn, pages, side, boundNs);
    long waited = System.nanoTime() - start;
    await(passed);
    pins.pass(Math.max(0, waited - left), drop);
    return waited;
  }

  /** Until then the pins are the other thread's. */
  private static void await(Future<?> passed) {
    boolean interrupted = false;
    while (true) {
      try {
        passed.get();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the thread; the memory stays open. */
  @Override
  public void close() {
    thread.close();
  }
}
