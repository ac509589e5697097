// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import module java.base;

/**
 * A range of addresses of which each page is nothing, a page without a direct-map entry
 * (memfd_secret(2)), or the page of a memfd at the same offset. A secret page cannot be punched out
 * of its file, so each has a file of its own, which goes with its mapping. Every page is a mapping
 * then: vm.max_map_count (65530) is the limit.
 */
public final class SecretPages implements AutoCloseable {
  public static final long PAGE = 4096;

  private static final int NONE = 0;
  private static final int READ_WRITE = 1 | 2;
  private static final int SHARED = 1;
  private static final int PRIVATE = 2;
  private static final int FIXED = 0x10;
  private static final int ANONYMOUS = 0x20;
  private static final int NO_RESERVE = 0x4000;
  private static final String LOCKED = "VmLck:";
  private static final Path VMSTAT = Path.of("/proc/vmstat");
  private static final MemorySegment ZEROES = MemorySegment.ofArray(new byte[(int) PAGE]);

  private final MemorySegment range;

  public SecretPages(long bytes) {
    long at = Syscalls.mmap(bytes, NONE, PRIVATE | ANONYMOUS | NO_RESERVE, -1);
    this.range = MemorySegment.ofAddress(at).reinterpret(bytes);
  }

  /**
   * Would the kernel let this process lock so many bytes more? Most ask when a file is mapped
   * (mlock_future_ok): that is tried, by a mapping that is never touched. 7.3 counts a page when it
   * is touched, against its user's limit, root's too, and one too many is a SIGBUS.
   */
  public static boolean canLock(long bytes) {
    try {
      int fd = Syscalls.memfdSecret();
      try {
        Syscalls.ftruncate(fd, bytes);
        long locked = number("status", LOCKED);
        long at = Syscalls.mmap(bytes, READ_WRITE, SHARED, fd);
        boolean isCounted = number("status", LOCKED) > locked;
        Syscalls.munmap(at, bytes);
        return isCounted || bytes <= limit();
      } finally {
        Syscalls.close(fd);
      }
    } catch (LinuxException e) {
      return e.errno() != Errno.EAGAIN; // the probe has more to say of anything else
    }
  }

  /** What RLIMIT_MEMLOCK leaves, by /proc; Long.MAX_VALUE if it does not hold for this process. */
  public static long lockableBytes() {
    long limit = limit();
    long left = Math.max(0, limit - 1024 * number("status", LOCKED));
    return limit == Long.MAX_VALUE || canLock(left + PAGE) ? Long.MAX_VALUE : left;
  }

  private static long limit() {
    return number("limits", "Max locked memory ");
  }

  /** The first number of a line of a file of this process; "unlimited" is none. */
  private static long number(String file, String line) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self", file))) {
      String rest =
          lines.filter(l -> l.startsWith(line)).findFirst().orElse(line).substring(line.length());
      String word = rest.strip().replaceFirst(" .*", "");
      return word.matches("[0-9]+") ? Long.parseLong(word) : Long.MAX_VALUE;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The page becomes a new one, zero, that leaves the direct map when it is first touched. */
  public void secret(long offset) {
    int fd = Syscalls.memfdSecret();
    try {
      Syscalls.ftruncate(fd, PAGE);
      map(offset, READ_WRITE, SHARED | FIXED, fd, 0);
    } finally {
      Syscalls.close(fd);
    }
  }

  /** The page becomes that of a file; a secret page that was there goes back to the direct map. */
  public void ofFile(long offset, MappedFile file) {
    map(offset, READ_WRITE, SHARED | FIXED, file.fd(), offset);
  }

  /** Nothing is there any more. */
  public void none(long offset) {
    map(offset, NONE, PRIVATE | ANONYMOUS | NO_RESERVE | FIXED, -1, 0);
  }

  private void map(long offset, int protection, int flags, int fd, long fileOffset) {
    try {
      Syscalls.mmapAt(range.address() + offset, PAGE, protection, flags, fd, fileOffset);
    } catch (LinuxException e) {
      throw new LinuxException(e.call(), e.errno(), hint(e.errno()));
    }
  }

  private static String hint(int errno) {
    return switch (errno) {
      case Errno.ENOMEM -> "every page is a mapping: raise vm.max_map_count, or a smaller workload";
      case Errno.EAGAIN -> "RLIMIT_MEMLOCK: ulimit -l unlimited";
      default -> "";
    };
  }

  /** A second mapping of a page, which is there until {@link #unmapAgain}. */
  public long mapAgain(long offset) {
    return Syscalls.mapAgain(range.address() + offset, PAGE);
  }

  public static void unmapAgain(long address) {
    Syscalls.munmap(address, PAGE);
  }

  public static void setLong(long address, long value) {
    MemorySegment.ofAddress(address).reinterpret(PAGE).set(ValueLayout.JAVA_LONG, 0, value);
  }

  public void putLong(long offset, long value) {
    range.set(ValueLayout.JAVA_LONG, offset, value);
  }

  public long getLong(long offset) {
    return range.get(ValueLayout.JAVA_LONG, offset);
  }

  public boolean isZero(long offset) {
    return MemorySegment.mismatch(range, offset, offset + PAGE, ZEROES, 0, PAGE) < 0;
  }

  /** The page's content into the page of a file at the same offset. */
  public void copyTo(MappedFile file, long offset) {
    MemorySegment.copy(range, offset, file.memory(), offset, PAGE);
  }

  public void copyFrom(MappedFile file, long offset) {
    MemorySegment.copy(file.memory(), offset, range, offset, PAGE);
  }

  /**
   * How often the direct map's 2M (level 2) or 1G (level 3) mappings have been split since boot; -1
   * if the kernel does not say.
   */
  public static long directMapSplits(int level) {
    String key = "direct_map_level" + level + "_splits ";
    try {
      for (String line : Files.readAllLines(VMSTAT)) {
        if (line.startsWith(key)) {
          return Long.parseLong(line.substring(key.length()));
        }
      }
      return -1;
    } catch (IOException e) {
      return -1;
    }
  }

  @Override
  public void close() {
    Syscalls.munmap(range.address(), range.byteSize());
  }
}
