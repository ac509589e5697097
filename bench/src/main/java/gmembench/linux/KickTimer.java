// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import java.util.concurrent.locks.LockSupport;

/**
 * Gets a thread out of KVM_RUN when the guest does not leave by itself, by a signal that is blocked
 * everywhere but inside KVM_RUN (KVM_SET_SIGNAL_MASK): no handler ever runs, so the JVM knows
 * nothing of it. The signal waits if it comes too early or too late; the runner fetches it.
 */
final class KickTimer implements AutoCloseable {
  /** SIGRTMAX; glibc has the first real-time signals for itself, the JVM uses none. */
  static final int SIGNAL = 64;

  private final long limitNs;
  private final Thread thread;
  private volatile int threadId;
  private volatile long enteredNs;
  private volatile boolean isInside;
  private volatile boolean isClosed;

  KickTimer(long limitNs) {
    this.limitNs = limitNs;
    this.thread = Thread.ofPlatform().daemon().name("vcpu-kick").start(this::watch);
  }

  /** The calling thread is the one that is to be kicked. Returns its signal mask. */
  long adopt() {
    threadId = Syscalls.threadId();
    return Syscalls.blockSignal(SIGNAL);
  }

  void enter() {
    enteredNs = System.nanoTime();
    isInside = true;
  }

  void leave() {
    isInside = false;
  }

  /** After an EINTR: fetches the signal, and tells whether the time is over. */
  boolean isOver() {
    Syscalls.takeSignal(SIGNAL);
    return System.nanoTime() - enteredNs >= limitNs;
  }

  private void watch() {
    while (!isClosed) {
      LockSupport.parkNanos(limitNs / 4);
      if (isInside && System.nanoTime() - enteredNs >= limitNs) {
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
