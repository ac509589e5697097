// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import module java.base;

/**
 * KVM_SET_MEMORY_ATTRIBUTES2: pages of a guest_memfd change their side in place. An ioctl of the
 * file, not of the VM (kvm_gmem_ioctl); in linux-next since September 2026. Safe from any thread;
 * the kernel does one conversion of a file after the other (filemap_invalidate_lock).
 */
public final class InPlaceAttributes {
  private static final long SET_MEMORY_ATTRIBUTES2 = 0xc080aed2L;
  private static final String NAME = "KVM_SET_MEMORY_ATTRIBUTES2";
  private static final long ATTRIBUTE_PRIVATE = 1 << 3;
  private static final int BYTES = 128;
  private static final int ERROR_OFFSET = 32;

  /** What the ioctl points to: made once a thread, since each conversion is one. */
  private static final ThreadLocal<MemorySegment> ARGUMENT =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(BYTES, 8));

  /** ioctl(2), or a test's kernel that has this one. */
  public interface Call {
    int ioctl(int fd, long request, long argument, String name);
  }

  /** This host's. */
  public static final Call KERNEL = Syscalls::ioctl;

  private final Call call;
  private final int fd;

  public InPlaceAttributes(MappedFile guestMemfd, Call call) {
    this.call = call;
    this.fd = guestMemfd.fd();
  }

  /**
   * Throws with the reason if the kernel has no such ioctl. A size of 0 is EINVAL where it is
   * known: the capability's number is not final.
   */
  public void require() {
    try {
      set(0, 0, true);
    } catch (LinuxException e) {
      switch (e.errno()) {
        case Errno.EINVAL -> {}
        case Errno.ENOTTY ->
            throw new LinuxException(
                NAME, e.errno(), "not in this kernel, or kvm.gmem_in_place_conversion=N");
        default -> throw e;
      }
    }
  }

  /**
   * Sets a range, all of it or nothing: struct kvm_memory_attributes2 { u64 offset, size,
   * attributes, flags, error_offset, reserved[11] }.
   *
   * @return the range's bytes; fewer if nothing was set since a page that goes private has a
   *     reference too many (EAGAIN): those before this page
   */
  public long set(long offset, long bytes, boolean toPrivate) {
    MemorySegment range = ARGUMENT.get().fill((byte) 0);
    range.set(JAVA_LONG, 0, offset);
    range.set(JAVA_LONG, 8, bytes);
    range.set(JAVA_LONG, 16, toPrivate ? ATTRIBUTE_PRIVATE : 0);
    try {
      call.ioctl(fd, SET_MEMORY_ATTRIBUTES2, range.address(), NAME);
      return bytes;
    } catch (LinuxException e) {
      if (e.errno() != Errno.EAGAIN) {
        throw e;
      }
      return Objects.checkIndex(range.get(JAVA_LONG, ERROR_OFFSET) - offset, bytes);
    }
  }
}
