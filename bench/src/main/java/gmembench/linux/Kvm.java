// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

/** /dev/kvm and what is made with it. Numbers and layouts: include/uapi/linux/kvm.h, x86-64. */
public final class Kvm implements AutoCloseable {
  public static final int CAP_NR_MEMSLOTS = 10;
  public static final int CAP_EXIT_HYPERCALL = 201;
  public static final int CAP_USER_MEMORY2 = 231;
  public static final int CAP_MEMORY_FAULT_INFO = 232;
  public static final int CAP_MEMORY_ATTRIBUTES = 233;
  public static final int CAP_GUEST_MEMFD = 234;
  public static final int CAP_VM_TYPES = 235;
  public static final int CAP_PRE_FAULT_MEMORY = 236;
  public static final int CAP_GUEST_MEMFD_FLAGS = 244;

  public static final long GUEST_MEMFD_MMAP = 1;
  public static final long GUEST_MEMFD_INIT_SHARED = 2;

  private static final int O_RDWR_CLOEXEC = 2 | 02000000;
  private static final long CREATE_VM = 0xae01;
  private static final long CHECK_EXTENSION = 0xae03;

  private final int fd;

  private Kvm(int fd) {
    this.fd = fd;
  }

  int fd() {
    return fd;
  }

  /** Opens /dev/kvm; the exception says what to do if that fails. */
  public static Kvm open() {
    return open("/dev/kvm");
  }

  static Kvm open(String device) {
    try {
      return new Kvm(Syscalls.open(device, O_RDWR_CLOEXEC));
    } catch (LinuxException e) {
      throw new LinuxException(e.call(), e.errno(), hint(e.errno()));
    }
  }

  static String hint(int errno) {
    return switch (errno) {
      case Errno.ENOENT, Errno.ENODEV -> "no KVM here: load kvm_intel or kvm_amd, or nest";
      case Errno.EACCES, Errno.EPERM -> "no permission: join the group kvm, or run as root";
      default -> "";
    };
  }

  /** KVM_CHECK_EXTENSION on the system: 0 means no. */
  public int capability(int number) {
    return Syscalls.ioctl(fd, CHECK_EXTENSION, number, "KVM_CHECK_EXTENSION");
  }

  /** Throws with the name and value of a capability that files with these flags lack. */
  public void requireGuestMemfd(long needed) {
    int memfd = capability(CAP_GUEST_MEMFD);
    if (memfd == 0) {
      throw new LinuxException("KVM_CAP_GUEST_MEMFD is 0");
    }
    int flags = capability(CAP_GUEST_MEMFD_FLAGS);
    if ((flags & needed) != needed) {
      throw new LinuxException(
          "KVM_CAP_GUEST_MEMFD_FLAGS is "
              + flags
              + ", needs MMAP|INIT_SHARED ("
              + needed
              + "); mapped=false needs none");
    }
  }

  /** Throws unless files can be mapped and used before any conversion. */
  public void requireMappableGuestMemfd() {
    requireGuestMemfd(GUEST_MEMFD_MMAP | GUEST_MEMFD_INIT_SHARED);
  }

  /** KVM_CREATE_VM with a type, such as {@link Vm#DEFAULT}; EINVAL if KVM does not know it. */
  public Vm createVm(int type) {
    return new Vm(Syscalls.ioctl(fd, CREATE_VM, type, "KVM_CREATE_VM type " + type));
  }

  @Override
  public void close() {
    Syscalls.close(fd);
  }
}
