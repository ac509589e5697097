// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A system call that a signal interrupts. */
@Tag("kernel")
class SignalledTest {
  private static final int GETTID = 186;
  private static final int TGKILL = 234;

  /** SIGRTMAX - 2: the JVM's own signal to threads in blocking I/O, whose handler does nothing. */
  private static final int HARMLESS = 62;

  /** The handler is there once a channel has been opened. */
  private static void installHandler() throws IOException {
    try (ServerSocketChannel channel = ServerSocketChannel.open()) {
      channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }
  }

  @Test
  void fallocateIsDoneAgain() throws Exception {
    installHandler();
    long bytes = 256L << 20;
    AtomicLong allocator = new AtomicLong();
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong interrupted = new AtomicLong();
    try (MappedFile file = MappedFile.memfd("test", bytes)) {
      Thread thread =
          new Thread(() -> {
            allocator.set(Syscalls.call("gettid", GETTID, 0, 0, 0, 0, 0, 0));
            for (int i = 0; i < 50 && interrupted.get() == 0; i++) {
              file.punchHole(0, bytes);
              try {
                Syscalls.call("fallocate", 285, file.fd(), 1, 0, bytes, 0, 0);
              } catch (LinuxException e) {
                assertThat(e.errno()).isEqualTo(Errno.EINTR);
                interrupted.incrementAndGet();
              }
            }
            file.allocate(0, bytes);
            done.set(true);
          });
      thread.start();
      signal(allocator, done, interrupted);
      thread.join();
      assertThat(done).as("the call that is done again").isTrue();
      assertThat(file.allocatedBytes()).isEqualTo(bytes);
    }
  }

  /**
   * Often until a bare call has been interrupted, then ten more times for the one that is tested.
   */
  private static void signal(AtomicLong tid, AtomicBoolean done, AtomicLong interrupted)
      throws InterruptedException {
    int more = 10;
    while (!done.get() && more > 0) {
      Thread.sleep(3);
      if (tid.get() != 0 && !done.get()) {
        Syscalls.call(
            "tgkill", TGKILL, ProcessHandle.current().pid(), tid.get(), HARMLESS, 0, 0, 0);
        more -= interrupted.get() > 0 ? 1 : 0;
      }
    }
  }
}
