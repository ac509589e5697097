// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A file in memory (memfd, guest_memfd) that is mapped shared and writable as a whole, unless it is
 * a guest_memfd that refuses it.
 */
public final class MappedFile implements AutoCloseable {
  private static final int PROT_READ_WRITE = 1 | 2;
  private static final int MAP_SHARED = 1;
  private static final int MFD_CLOEXEC = 1;
  private static final int KEEP_SIZE = 1;
  private static final int PUNCH_HOLE = 2;
  private static final int MADV_DONTNEED = 4;
  private static final MemorySegment ZEROES = MemorySegment.ofArray(new byte[4096]).asReadOnly();

  private final int fd;
  private final MemorySegment memory;
  private final boolean countsBlocks;

  private MappedFile(int fd) {
    this.fd = fd;
    this.countsBlocks = false;
    this.memory = MemorySegment.NULL;
  }

  private MappedFile(int fd, long bytes, boolean countsBlocks) {
    this.fd = fd;
    this.countsBlocks = countsBlocks;
    try {
      long address = Syscalls.mmap(bytes, PROT_READ_WRITE, MAP_SHARED, fd);
      this.memory = MemorySegment.ofAddress(address).reinterpret(bytes);
    } catch (LinuxException e) {
      Syscalls.close(fd);
      throw e;
    }
  }

  /** memfd_create(2), ftruncate(2), mmap(2): shmem, nothing allocated yet. */
  public static MappedFile memfd(String name, long bytes) {
    int fd = Syscalls.memfdCreate(name, MFD_CLOEXEC);
    try {
      Syscalls.ftruncate(fd, bytes);
    } catch (LinuxException e) {
      Syscalls.close(fd);
      throw e;
    }
    return new MappedFile(fd, bytes, true);
  }

  /** Maps a guest_memfd; takes over the descriptor. Its st_blocks stays 0. */
  static MappedFile guestMemfd(int fd, long bytes) {
    return new MappedFile(fd, bytes, false);
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
    return new MappedFile(fd, bytes, false);
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

  public long bytes() {
    return memory.byteSize();
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

  @Override
  public void close() {
    if (isMapped()) {
      Syscalls.munmap(memory.address(), memory.byteSize());
    }
    Syscalls.close(fd);
  }
}
