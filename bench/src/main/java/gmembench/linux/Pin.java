// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import module java.base;

/**
 * References that the kernel itself holds on the pages of a mapping, until this is closed: the
 * pages are queued in pipes by vmsplice(2), which takes one reference on each (FOLL_GET). To the
 * code that splits, collapses or migrates folios that is as good as a device's pin: the reference
 * count is not what the mappings explain. No privilege is needed.
 */
public final class Pin implements AutoCloseable {
  private static final int F_SETPIPE_SZ = 1031;
  private static final int SPLICE_F_NONBLOCK = 2;
  private static final long DEFAULT_BYTES = 16 * 4096;
  private static final long MOST_BYTES = 1 << 20;

  /** Pairs of ends, as {@link Syscalls#pipe} gives them. */
  private final List<Long> pipes = new ArrayList<>(1);

  /** Ranges that are longer than a pipe may be take several. */
  Pin(long address, long bytes) {
    try {
      for (long done = 0; done < bytes; ) {
        done += queue(address + done, Math.min(bytes - done, MOST_BYTES));
      }
    } catch (LinuxException e) {
      close();
      throw e;
    }
  }

  private long queue(long address, long bytes) {
    long pipe = Syscalls.pipe();
    pipes.add(pipe);
    int writeEnd = (int) (pipe >>> 32);
    if (bytes > DEFAULT_BYTES) {
      enlarge(writeEnd, bytes);
    }
    return Syscalls.vmsplice(writeEnd, address, bytes, SPLICE_F_NONBLOCK);
  }

  /** A user who has many pipes gets no larger one; then it takes more of them. */
  private static void enlarge(int pipe, long bytes) {
    try {
      Syscalls.fcntl(pipe, F_SETPIPE_SZ, bytes);
    } catch (LinuxException e) {
      if (e.errno() != Errno.EPERM && e.errno() != Errno.ENOMEM) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    for (long pipe : pipes) {
      Syscalls.close((int) pipe);
      Syscalls.close((int) (pipe >>> 32));
    }
    pipes.clear();
  }
}
