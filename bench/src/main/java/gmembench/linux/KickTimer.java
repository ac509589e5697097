// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import java.util.concurrent.locks.LockSupport;

/**
 * Gets a thread out of KVM_RUN when the guest does not leave by itself, by a signal that is blocked
 * everywhere but inside KVM_RUN (KVM_SET_SIGNAL_MASK): no handler ever runs, so the JVM knows
 * nothing of it. The signal waits if it comes too early or too late; the runner fetches it.
 *
 * <p>Time is counted in ticks of its own, so that a process which was stopped for a while has not
 * used up the guest's time.
 */
final class KickTimer implements AutoCloseable {
  /** SIGRTMAX; glibc has the first real-time signals for itself, the JVM uses none. */
  static final int SIGNAL = 64;

  private static final int TICKS = 8;

  private final long tickNs;
  private final Thread thread;
  private volatile int threadId;

  /** Odd inside KVM_RUN: one more when it is entered, one more when it is left. */
  private volatile long turn;

  private volatile long expiredTurn;
  private volatile boolean isClosed;

  KickTimer(long limitNs) {
    this.tickNs = limitNs / TICKS;
    this.thread = Thread.ofPlatform().daemon().name("vcpu-kick").start(this::watch);
  }

  /** The calling thread is the one that is to be kicked. Returns its signal mask. */
  long adopt() {
    threadId = Syscalls.threadId();
    return Syscalls.blockSignal(SIGNAL);
  }

  /** KVM_RUN begins or is over; the runner's only. */
  void turn(long next) {
    turn = next;
  }

  long turn() {
    return turn;
  }

  /** After an EINTR: fetches the signal, and tells whether the time is over. */
  boolean isOver() {
    Syscalls.takeSignal(SIGNAL);
    return expiredTurn == turn;
  }

  private void watch() {
    long seen = 0;
    int ticks = 0;
    while (!isClosed) {
      LockSupport.parkNanos(tickNs);
      long now = turn;
      ticks = now == seen ? ticks + 1 : 0;
      seen = now;
      if (now % 2 == 1 && ticks >= TICKS) {
        expiredTurn = now;
        kick();
      }
    }
  }

  private void kick() {
    try {
      Syscalls.signal(threadId, SIGNAL);
    } catch (LinuxException e) {
      // the thread has ended: there is nobody to kick
    }
  }

  @Override
  public void close() {
    isClosed = true;
    LockSupport.unpark(thread);
  }
}
