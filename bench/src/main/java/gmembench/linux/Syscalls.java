// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import module java.base;

import java.lang.foreign.MemoryLayout.PathElement;

/**
 * System calls through libc's syscall(2), one downcall for all of them, with the errno captured. A
 * result of -1 becomes a {@link LinuxException}. Numbers are those of x86-64. Safe from any thread.
 */
final class Syscalls {
  private static final int OPEN = 2;
  private static final int CLOSE = 3;
  private static final int FSTAT = 5;
  private static final int LSEEK = 8;
  private static final int MMAP = 9;
  private static final int MUNMAP = 11;
  private static final int RT_SIGPROCMASK = 14;
  private static final int IOCTL = 16;
  private static final int PWRITE = 18;
  private static final int MREMAP = 25;
  private static final int MADVISE = 28;
  private static final int GETPID = 39;
  private static final int FCNTL = 72;
  private static final int FTRUNCATE = 77;
  private static final int RT_SIGTIMEDWAIT = 128;
  private static final int GETTID = 186;
  private static final int CLOCK_GETTIME = 228;
  private static final int TGKILL = 234;
  private static final int OPENAT = 257;
  private static final int VMSPLICE = 278;
  private static final int FALLOCATE = 285;
  private static final int PIPE2 = 293;
  private static final int MEMFD_CREATE = 319;
  private static final int FSOPEN = 430;
  private static final int FSCONFIG = 431;
  private static final int FSMOUNT = 432;
  private static final int MEMFD_SECRET = 447;

  private static final int FSCONFIG_SET_STRING = 1;
  private static final int FSCONFIG_CMD_CREATE = 6;
  private static final int CLOEXEC = 1;
  private static final int O_CLOEXEC = 02000000;

  private static final int SIG_BLOCK = 0;
  private static final int SIGSET_BYTES = 8;

  private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CAPTURE.varHandle(PathElement.groupElement("errno"));
  private static final ThreadLocal<MemorySegment> STATE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(CAPTURE));
  private static final MethodHandle SYSCALL = link();

  private Syscalls() {}

  private static MethodHandle link() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("syscall"),
        FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
        Linker.Option.firstVariadicArg(1),
        Linker.Option.captureCallState("errno"));
  }

  /** {@code name} is what a failure is reported as. */
  static long call(String name, long number, long a, long b, long c, long d, long e, long f) {
    MemorySegment state = STATE.get();
    long result;
    try {
      result = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e, f);
    } catch (Throwable t) {
      throw new IllegalStateException("a downcall throws nothing of its own", t);
    }
    if (result == -1) {
      throw new LinuxException(name, (int) ERRNO.get(state, 0L), "");
    }
    return result;
  }

  private static long call(String name, long number, long a, long b, long c, long d) {
    return call(name, number, a, b, c, d, 0, 0);
  }

  static int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) call("open " + path, OPEN, arena.allocateFrom(path).address(), flags, 0, 0);
    }
  }

  static void close(int fd) {
    call("close", CLOSE, fd, 0, 0, 0);
  }

  static void clockGettime(int clock, long timespec) {
    call("clock_gettime", CLOCK_GETTIME, clock, timespec, 0, 0);
  }

  static int ioctl(int fd, long request, long argument, String name) {
    return (int) call(name, IOCTL, fd, request, argument, 0);
  }

  static int openat(int folder, String path, int flags, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      long text = arena.allocateFrom(path).address();
      return (int) call("openat " + path, OPENAT, folder, text, flags, mode);
    }
  }

  static int memfdCreate(String name, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      long text = arena.allocateFrom(name).address();
      return (int) call("memfd_create", MEMFD_CREATE, text, flags, 0, 0);
    }
  }

  static void ftruncate(int fd, long bytes) {
    call("ftruncate", FTRUNCATE, fd, bytes, 0, 0);
  }

  /** Done again if a signal came in between, which gives EINTR here whatever SA_RESTART says. */
  static void fallocate(int fd, int mode, long offset, long bytes) {
    while (true) {
      try {
        call("fallocate", FALLOCATE, fd, mode, offset, bytes);
        return;
      } catch (LinuxException e) {
        if (e.errno() != Errno.EINTR) {
          throw e;
        }
      }
    }
  }

  /** The largest number if there is nothing of what was sought (ENXIO). */
  static long lseek(int fd, long offset, int whence) {
    try {
      return call("lseek", LSEEK, fd, offset, whence, 0);
    } catch (LinuxException e) {
      if (e.errno() != Errno.ENXIO) {
        throw e;
      }
      return Long.MAX_VALUE;
    }
  }

  /** Returns how many bytes were written. */
  static long pwrite(int fd, long address, long bytes, long offset) {
    return call("write", PWRITE, fd, address, bytes, offset);
  }

  static long mmap(long bytes, int protection, int flags, int fd) {
    return call("mmap", MMAP, 0, bytes, protection, flags, fd, 0);
  }

  /** At an address, in place of what is there (MAP_FIXED among the flags). */
  static void mmapAt(long address, long bytes, int protection, int flags, int fd, long offset) {
    call("mmap", MMAP, address, bytes, protection, flags, fd, offset);
  }

  /** A second mapping of shared pages: mremap(2) of an old size of 0. */
  static long mapAgain(long address, long bytes) {
    int mayMove = 1;
    return call("mremap", MREMAP, address, 0, bytes, mayMove);
  }

  static int memfdSecret() {
    int closeOnExec = 02000000;
    return (int) call("memfd_secret", MEMFD_SECRET, closeOnExec, 0, 0, 0);
  }

  static void munmap(long address, long bytes) {
    call("munmap", MUNMAP, address, bytes, 0, 0);
  }

  static void madvise(long address, long bytes, int advice) {
    call("madvise", MADVISE, address, bytes, advice, 0);
  }

  static int threadId() {
    return (int) call("gettid", GETTID, 0, 0, 0, 0);
  }

  /** Sends a signal to one thread of this process. */
  static void signal(int threadId, int signal) {
    long process = call("getpid", GETPID, 0, 0, 0, 0);
    call("tgkill", TGKILL, process, threadId, signal, 0);
  }

  /**
   * Blocks a signal in this thread: it waits until {@link #takeSignal} fetches it.
   *
   * @return the mask as it was: bit n - 1 is signal n
   */
  static long blockSignal(int signal) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment sets = arena.allocate(16, 8);
      sets.set(JAVA_LONG, 0, signalBit(signal));
      long set = sets.address();
      call("rt_sigprocmask", RT_SIGPROCMASK, SIG_BLOCK, set, set + 8, SIGSET_BYTES);
      return sets.get(JAVA_LONG, 8);
    }
  }

  /** Fetches a blocked signal that waits for this thread, if one does. */
  static void takeSignal(int signal) {
    try (Arena arena = Arena.ofConfined()) {
      long set = arena.allocateFrom(JAVA_LONG, signalBit(signal)).address();
      long noTime = arena.allocate(16, 8).address();
      call("rt_sigtimedwait", RT_SIGTIMEDWAIT, set, 0, noTime, SIGSET_BYTES);
    } catch (LinuxException e) {
      if (e.errno() != Errno.EAGAIN && e.errno() != Errno.EINTR) {
        throw e;
      }
    }
  }

  static long signalBit(int signal) {
    return 1L << (signal - 1);
  }

  /** st_blocks of struct stat (offset 64), in units of 512 bytes. */
  static long blocks(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment stat = arena.allocate(144, 8);
      call("fstat", FSTAT, fd, stat.address(), 0, 0);
      return stat.get(JAVA_LONG, 64);
    }
  }

  /** A file system that is not mounted yet. */
  static int fsopen(String type) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) call("fsopen", FSOPEN, arena.allocateFrom(type).address(), CLOEXEC, 0, 0);
    }
  }

  static void fsconfig(int fs, String key, String value) {
    try (Arena arena = Arena.ofConfined()) {
      long name = arena.allocateFrom(key).address();
      long text = arena.allocateFrom(value).address();
      call("fsconfig " + key, FSCONFIG, fs, FSCONFIG_SET_STRING, name, text);
    }
  }

  /** Mounts it nowhere: it is gone with the last descriptor of it. */
  static int fsmount(int fs) {
    call("fsconfig", FSCONFIG, fs, FSCONFIG_CMD_CREATE, 0, 0);
    return (int) call("fsmount", FSMOUNT, fs, CLOEXEC, 0, 0);
  }

  /** The read end in the low half, the write end in the high half. */
  static long pipe() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(8, 8);
      call("pipe2", PIPE2, ends.address(), O_CLOEXEC, 0, 0);
      return ends.get(JAVA_LONG, 0);
    }
  }

  static int fcntl(int fd, int command, long argument) {
    return (int) call("fcntl", FCNTL, fd, command, argument, 0);
  }

  /** Queues pages in a pipe, as many as it takes; returns their bytes. */
  static long vmsplice(int pipe, long address, long bytes, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment vector = arena.allocate(16, 8);
      vector.set(JAVA_LONG, 0, address);
      vector.set(JAVA_LONG, 8, bytes);
      return call("vmsplice", VMSPLICE, pipe, vector.address(), 1, flags);
    }
  }
}
