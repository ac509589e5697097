// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import module java.base;

/** Signals for a thread, as a profiler or a debugger sends them. */
public final class Signals {
  /** SIGRTMAX - 2: the JVM's own signal to threads in blocking I/O, whose handler does nothing. */
  private static final int HARMLESS = 62;

  private Signals() {}

  /** The handler is there once a channel has been opened. */
  public static void installHandler() throws IOException {
    try (ServerSocketChannel channel = ServerSocketChannel.open()) {
      channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }
  }

  /** Of the calling thread. */
  public static int threadId() {
    return Syscalls.threadId();
  }

  public static void interrupt(int threadId) {
    Syscalls.signal(threadId, HARMLESS);
  }
}
