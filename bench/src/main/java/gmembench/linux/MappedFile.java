// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import module java.base;

import gmembench.Units;

/**
 * A file in memory (memfd, guest_memfd) that is mapped shared and writable as a whole, unless it is
 * a guest_memfd that refuses it.
 */
public final class MappedFile implements AutoCloseable {
  private static final int PROT_READ_WRITE = 1 | 2;
  private static final int MAP_SHARED = 1;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_HUGETLB = 4;
  private static final int MFD_HUGE_SHIFT = 26;
  private static final int KEEP_SIZE = 1;
  private static final int PUNCH_HOLE = 2;
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_HUGEPAGE = 14;
  private static final int MADV_COLD = 20;
  private static final int MADV_POPULATE_READ = 22;
  private static final int MADV_POPULATE_WRITE = 23;
  private static final int MADV_COLLAPSE = 25;
  private static final MemorySegment ZEROES = MemorySegment.ofArray(new byte[4096]).asReadOnly();

  private final int fd;
  private final MemorySegment memory;
  private final long pageBytes;
  private final boolean countsBlocks;

  private MappedFile(int fd) {
    this.fd = fd;
    this.pageBytes = Units.PAGE_BYTES;
    this.countsBlocks = false;
    this.memory = MemorySegment.NULL;
  }

  private MappedFile(int fd, long bytes, long pageBytes, int flags, boolean countsBlocks) {
    this.fd = fd;
    this.pageBytes = pageBytes;
    this.countsBlocks = countsBlocks;
    try {
      long address = Syscalls.mmap(bytes, PROT_READ_WRITE, MAP_SHARED | flags, fd);
      this.memory = MemorySegment.ofAddress(address).reinterpret(bytes);
    } catch (LinuxException e) {
      Syscalls.close(fd);
      throw e;
    }
  }

  /** memfd_create(2), ftruncate(2), mmap(2): shmem, nothing allocated yet. */
  public static MappedFile memfd(String name, long bytes) {
    int fd = Syscalls.memfdCreate(name, MFD_CLOEXEC);
    truncate(fd, bytes);
    return new MappedFile(fd, bytes, Units.PAGE_BYTES, 0, true);
  }

  /**
   * A hugetlb memfd. It reserves nothing (MAP_NORESERVE), so that a sparse guest needs only the
   * pages it uses; {@link #populate} tells when the pool has none left, where a touch would be a
   * SIGBUS.
   *
   * @param bytes rounded up to whole pages
   * @param pageBytes 2 MiB or 1 GiB
   */
  public static MappedFile hugetlb(String name, long bytes, long pageBytes) {
    int size = Long.numberOfTrailingZeros(pageBytes) << MFD_HUGE_SHIFT;
    int fd = Syscalls.memfdCreate(name, MFD_CLOEXEC | MFD_HUGETLB | size);
    long whole = roundUp(bytes, pageBytes);
    truncate(fd, whole);
    return new MappedFile(fd, whole, pageBytes, MAP_NORESERVE, true);
  }

  /**
   * Shmem that gets 2 MiB folios where it is touched first, as far as the kernel has them.
   *
   * @param bytes rounded up to whole folios
   */
  public static MappedFile hugeShmem(String name, long bytes) {
    long whole = roundUp(bytes, HugePool.PAGE_2M);
    int fd = HugeShmem.create(name);
    truncate(fd, whole);
    MappedFile file = new MappedFile(fd, whole, Units.PAGE_BYTES, 0, true);
    try {
      Syscalls.madvise(file.memory.address(), whole, MADV_HUGEPAGE);
      return file;
    } catch (LinuxException e) {
      file.close();
      throw e;
    }
  }

  /** Maps a guest_memfd; takes over the descriptor. Its st_blocks stays 0. */
  static MappedFile guestMemfd(int fd, long bytes) {
    return new MappedFile(fd, bytes, Units.PAGE_BYTES, 0, false);
  }

  private static long roundUp(long bytes, long unit) {
    return (bytes + unit - 1) / unit * unit;
  }

  private static void truncate(int fd, long bytes) {
    try {
      Syscalls.ftruncate(fd, bytes);
    } catch (LinuxException e) {
      Syscalls.close(fd);
      String hint = e.errno() == Errno.EFBIG ? "RLIMIT_FSIZE: ulimit -f unlimited" : "";
      throw new LinuxException(e.call(), e.errno(), hint);
    }
  }

  /** Takes over the descriptor of a guest_memfd that nobody can map. */
  static MappedFile hiddenGuestMemfd(int fd) {
    return new MappedFile(fd);
  }

  /** If not, only {@link #allocate} and {@link #punchHole} can be called. */
  public boolean isMapped() {
    return memory.byteSize() > 0;
  }

  /** Maps a vCPU's struct kvm_run; takes over the descriptor. */
  static MappedFile vcpu(int fd, long bytes) {
    return new MappedFile(fd, bytes, Units.PAGE_BYTES, 0, false);
  }

  MemorySegment memory() {
    return memory;
  }

  int fd() {
    return fd;
  }

  /** Where the mapping begins. */
  long address() {
    return memory.address();
  }

  /** fallocate(PUNCH_HOLE | KEEP_SIZE): shmem_fallocate, kvm_gmem_punch_hole. */
  public void punchHole(long offset, long bytes) {
    Syscalls.fallocate(fd, PUNCH_HOLE | KEEP_SIZE, offset, bytes);
  }

  /** fallocate(KEEP_SIZE): guest_memfd knows no other. */
  public void allocate(long offset, long bytes) {
    Syscalls.fallocate(fd, KEEP_SIZE, offset, bytes);
  }

  /** madvise(MADV_DONTNEED): page table entries go, the file keeps its pages. */
  public void unmapPages(long offset, long bytes) {
    Syscalls.madvise(memory.address() + offset, bytes, MADV_DONTNEED);
  }

  /** lseek(2): where the next page is, or hole; the largest number if there is none. */
  public long seek(long offset, boolean data) {
    return Syscalls.lseek(fd, offset, data ? 3 : 4); // SEEK_DATA, SEEK_HOLE
  }

  /** Copies a range of another file to the same range of this one, through both mappings. */
  public void copyFrom(MappedFile from, long offset, long bytes) {
    MemorySegment.copy(from.memory, offset, memory, offset, bytes);
  }

  /** The kernel does: pwrite(2), for which this file need not be mapped. */
  public void write(MappedFile from, long offset, long bytes) {
    long done = 0;
    do {
      long at = offset + done;
      done += Syscalls.pwrite(fd, from.address() + at, bytes - done, at);
    } while (done < bytes);
  }

  /**
   * madvise(MADV_POPULATE_WRITE): the pages are there and writable afterwards. A page that cannot
   * be had is an error here, where a touch would be a SIGBUS.
   */
  public void populate(long offset, long bytes) {
    try {
      Syscalls.madvise(memory.address() + offset, bytes, MADV_POPULATE_WRITE);
    } catch (LinuxException e) {
      boolean exhausted = e.errno() == Errno.EFAULT || e.errno() == Errno.ENOMEM;
      String why = exhausted ? noPageLeft() : "";
      throw new LinuxException("MADV_POPULATE_WRITE", e.errno(), why);
    }
  }

  private String noPageLeft() {
    return pageBytes == Units.PAGE_BYTES
        ? "no memory left"
        : "no free page of " + Units.size(pageBytes) + " left in the pool";
  }

  /**
   * The 2 MiB folio at an offset becomes 4K ones, with their content: madvise(MADV_COLD) of 4K of a
   * folio that is mapped whole splits it (madvise_cold_or_pageout_pte_range, split_folio). It is
   * not mapped afterwards.
   *
   * @return false if there is another reference to it (split_folio returned EAGAIN)
   */
  public boolean split(long offset) {
    long address = memory.address() + offset;
    Syscalls.madvise(address, Units.PAGE_BYTES, MADV_POPULATE_READ); // it must be mapped
    Syscalls.madvise(address, Units.PAGE_BYTES, MADV_COLD);
    return !Pagemap.isHuge(address);
  }

  /**
   * madvise(MADV_COLLAPSE) of 2 MiB: the pages become one folio, holes in it are filled, and it is
   * mapped whole (collapse_file). Needs Linux 6.1. What is one already is left alone: the kernel
   * would first drain lists of all CPUs (lru_add_drain_all), which takes milliseconds.
   *
   * @return false if a page is referenced or busy, or there is no free huge page
   */
  public boolean collapse(long offset) {
    long address = memory.address() + offset;
    if (Pagemap.isHuge(address)) {
      return true;
    }
    try {
      Syscalls.madvise(address, HugePool.PAGE_2M, MADV_COLLAPSE);
      return true;
    } catch (LinuxException e) {
      return switch (e.errno()) {
        case Errno.EAGAIN, Errno.EBUSY, Errno.ENOMEM -> false;
        default -> throw new LinuxException("MADV_COLLAPSE", e.errno(), "");
      };
    }
  }

  /** Somebody else's reference to pages: see {@link Pin}. */
  public Pin pin(long offset, long bytes) {
    return new Pin(memory.address() + offset, bytes);
  }

  public long bytes() {
    return memory.byteSize();
  }

  /**
   * The guest's own access: a write to the start of each page, with the faults it takes.
   *
   * @param value what the first page gets, the next one {@code step} more, and so on
   */
  public void touch(long offset, long value, long step, long pages) {
    for (long page = 0; page < pages; page++) {
      setLong(offset + page * Units.PAGE_BYTES, value + page * step);
    }
  }

  public void setLong(long offset, long value) {
    memory.set(ValueLayout.JAVA_LONG, offset, value);
  }

  public void setBytes(long offset, byte[] bytes) {
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, offset, bytes.length);
  }

  public long getLong(long offset) {
    return memory.get(ValueLayout.JAVA_LONG, offset);
  }

  public boolean isZero(long offset, long bytes) {
    for (long at = 0; at < bytes; at += ZEROES.byteSize()) {
      long n = Math.min(ZEROES.byteSize(), bytes - at);
      if (MemorySegment.mismatch(memory, offset + at, offset + at + n, ZEROES, 0, n) >= 0) {
        return false;
      }
    }
    return true;
  }

  /** Bytes that the file holds by its st_blocks, or -1 for a file that does not count them. */
  public long allocatedBytes() {
    return countsBlocks ? Syscalls.blocks(fd) * 512 : -1;
  }

  /**
   * Bytes that are mapped by large page table entries, by /proc/self/smaps.
   *
   * @param leastBytes what such an entry maps: 2 MiB or more, or 1 GiB
   */
  public long hugeMappedBytes(long leastBytes) {
    return ProcFiles.hugeMappedBytes(memory.address(), memory.byteSize(), leastBytes);
  }

  @Override
  public void close() {
    if (isMapped()) {
      Syscalls.munmap(memory.address(), memory.byteSize());
    }
    Syscalls.close(fd);
  }
}
