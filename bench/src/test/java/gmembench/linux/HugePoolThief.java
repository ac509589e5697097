// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import java.util.concurrent.locks.LockSupport;

/** Takes the free pages of a pool as soon as there are any, and keeps them until it is closed. */
public final class HugePoolThief implements AutoCloseable {
  private final HugePool pool;
  private final long most;
  private final MappedFile file;
  private final Thread thread = new Thread(this::take, "thief");
  private volatile boolean stop;

  /**
   * @param most pages that it takes
   */
  public HugePoolThief(HugePool pool, long most) {
    this.pool = pool;
    this.most = most;
    this.file = MappedFile.hugetlb("thief", most * pool.pageBytes(), pool.pageBytes());
  }

  public void start() {
    thread.start();
  }

  private void take() {
    for (long taken = 0; taken < most && !stop; ) {
      try {
        file.populate(taken * pool.pageBytes(), pool.pageBytes());
        taken++;
      } catch (LinuxException e) {
        LockSupport.parkNanos(10_000); // none is free now; whom it steals from needs the CPU
      }
    }
  }

  @Override
  public void close() {
    stop = true;
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // it still uses the file
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    file.close();
  }
}
