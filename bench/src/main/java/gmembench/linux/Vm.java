// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import module java.base;

/**
 * A virtual machine and its memslots. Safe from any thread; the kernel serialises changes of slots
 * (slots_lock). Numbers and layouts: include/uapi/linux/kvm.h, x86-64.
 */
public final class Vm implements AutoCloseable {
  /** KVM_X86_DEFAULT_VM. */
  public static final int DEFAULT = 0;

  /** KVM_X86_SW_PROTECTED_VM: private memory and attributes without hardware for it. */
  public static final int SW_PROTECTED = 1;

  /** KVM_MEM_LOG_DIRTY_PAGES: not with a guest_memfd. */
  public static final int LOG_DIRTY_PAGES = 1;

  public static final int READONLY = 2;

  private static final int GUEST_MEMFD = 4;
  private static final long ATTRIBUTE_PRIVATE = 1 << 3;

  private static final int CAP_DISABLE_QUIRKS2 = 213;
  private static final long QUIRK_SLOT_ZAP_ALL = 1 << 7;

  private static final long CHECK_EXTENSION = 0xae03;
  private static final long CREATE_GUEST_MEMFD = 0xc040aed4L;
  private static final long SET_USER_MEMORY_REGION2 = 0x40a0ae49L;
  private static final long ENABLE_CAP = 0x4068aea3L;
  private static final long SET_MEMORY_ATTRIBUTES = 0x4020aed2L;
  private static final String REGION2 = "KVM_SET_USER_MEMORY_REGION2";

  /** What an ioctl points to: made once a thread, since a slot may be set on every conversion. */
  private static final ThreadLocal<MemorySegment> ARGUMENT =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(160, 8));

  private final int fd;

  Vm(int fd) {
    this.fd = fd;
  }

  int fd() {
    return fd;
  }

  /** KVM_CHECK_EXTENSION on this VM, whose type may add some: 0 means no. */
  public int capability(int number) {
    return Syscalls.ioctl(fd, CHECK_EXTENSION, number, "KVM_CHECK_EXTENSION");
  }

  /** KVM_CAP_EXIT_HYPERCALL: KVM_HC_MAP_GPA_RANGE is the user's to answer. */
  public void exitOnMapGpaRange() {
    enable(Kvm.CAP_EXIT_HYPERCALL, 1L << VcpuExit.MAP_GPA_RANGE, "KVM_CAP_EXIT_HYPERCALL");
  }

  /**
   * KVM_CAP_DISABLE_QUIRKS2 of KVM_X86_QUIRK_SLOT_ZAP_ALL: deleting a slot takes from the guest
   * what it had mapped through that slot, not everything.
   */
  public void zapOnlyTheSlot() {
    enable(CAP_DISABLE_QUIRKS2, QUIRK_SLOT_ZAP_ALL, "KVM_X86_QUIRK_SLOT_ZAP_ALL");
  }

  /** KVM_ENABLE_CAP: struct { u32 cap, flags; u64 args[4]; u8 pad[64] }. */
  private void enable(int capability, long value, String name) {
    MemorySegment enable = ARGUMENT.get().fill((byte) 0);
    enable.set(JAVA_INT, 0, capability);
    enable.set(JAVA_LONG, 8, value);
    Syscalls.ioctl(fd, ENABLE_CAP, enable.address(), "KVM_ENABLE_CAP " + name);
  }

  /**
   * KVM_CREATE_GUEST_MEMFD: struct { u64 size, flags, reserved[6] }; mapped if its flags have
   * {@link Kvm#GUEST_MEMFD_MMAP}.
   */
  public MappedFile guestMemfd(long bytes, long flags) {
    MemorySegment create = ARGUMENT.get().fill((byte) 0);
    create.set(JAVA_LONG, 0, bytes);
    create.set(JAVA_LONG, 8, flags);
    int file = Syscalls.ioctl(fd, CREATE_GUEST_MEMFD, create.address(), "KVM_CREATE_GUEST_MEMFD");
    return (flags & Kvm.GUEST_MEMFD_MMAP) == 0
        ? MappedFile.hiddenGuestMemfd(file)
        : MappedFile.guestMemfd(file, bytes);
  }

  /**
   * Sets a slot whose memory is a guest_memfd (kvm_gmem_bind). Such a slot can be deleted, but not
   * moved, re-flagged or logged; EINVAL if it is, and if the file is another VM's; EINVAL or, in
   * newer kernels, EEXIST if that part of the file is in a slot already.
   *
   * @param shared what the guest sees where it does not see the guest_memfd, by the same offset
   */
  public void bind(
      int slot, long gpa, long bytes, MappedFile shared, MappedFile guestMemfd, long offset) {
    MemorySegment region = region(slot, GUEST_MEMFD, gpa, bytes, shared.address() + offset);
    region.set(JAVA_LONG, 32, offset);
    region.set(JAVA_INT, 40, guestMemfd.fd());
    set(region);
  }

  /** Sets, moves or re-flags a slot whose memory is a part of a mapping. */
  public void setSlot(int slot, int flags, long gpa, long bytes, MappedFile file, long offset) {
    set(region(slot, flags, gpa, bytes, file.address() + offset));
  }

  /** Deletes a slot: size 0. All that the guest had mapped through it is gone. */
  public void removeSlot(int slot) {
    set(region(slot, 0, 0, 0, 0));
  }

  /**
   * struct { u32 slot, flags; u64 guest_phys_addr, memory_size, userspace_addr, guest_memfd_offset;
   * u32 guest_memfd, pad1; u64 pad2[14] }.
   */
  private static MemorySegment region(int slot, int flags, long gpa, long bytes, long address) {
    MemorySegment region = ARGUMENT.get().fill((byte) 0);
    region.set(JAVA_INT, 0, slot);
    region.set(JAVA_INT, 4, flags);
    region.set(JAVA_LONG, 8, gpa);
    region.set(JAVA_LONG, 16, bytes);
    region.set(JAVA_LONG, 24, address);
    return region;
  }

  private void set(MemorySegment region) {
    try {
      Syscalls.ioctl(fd, SET_USER_MEMORY_REGION2, region.address(), REGION2);
    } catch (LinuxException e) {
      String what =
          REGION2
              + (" slot " + region.get(JAVA_INT, 0))
              + (" gpa 0x" + Long.toHexString(region.get(JAVA_LONG, 8)))
              + (" size 0x" + Long.toHexString(region.get(JAVA_LONG, 16)));
      throw new LinuxException(what, e.errno(), slotHint(e.errno()));
    }
  }

  private static String slotHint(int errno) {
    return switch (errno) {
      case Errno.EEXIST -> "overlaps another slot, or that part of the file is in one";
      case Errno.EINVAL ->
          "a slot number from 0 to below KVM_CAP_NR_MEMSLOTS, whole pages, inside the file and not"
              + " bound yet";
      case Errno.ENOMEM -> "the kernel has no memory for the slot's tables: smaller or fewer slots";
      default -> "";
    };
  }

  /** Whether KVM_SET_MEMORY_ATTRIBUTES knows the private attribute for this VM. */
  public boolean hasAttributes() {
    return (capability(Kvm.CAP_MEMORY_ATTRIBUTES) & ATTRIBUTE_PRIVATE) != 0;
  }

  /** Throws with the reason if this VM has no private attribute: no KVM_SET_MEMORY_ATTRIBUTES. */
  public void requireAttributes() {
    if (!hasAttributes()) {
      throw new LinuxException(
          "KVM_CAP_MEMORY_ATTRIBUTES is " + capability(Kvm.CAP_MEMORY_ATTRIBUTES));
    }
  }

  /** KVM_SET_MEMORY_ATTRIBUTES: struct { u64 address, size, attributes, flags }. */
  public void setAttributes(long gpa, long bytes, boolean toPrivate) {
    MemorySegment range = ARGUMENT.get().fill((byte) 0);
    range.set(JAVA_LONG, 0, gpa);
    range.set(JAVA_LONG, 8, bytes);
    range.set(JAVA_LONG, 16, toPrivate ? ATTRIBUTE_PRIVATE : 0);
    Syscalls.ioctl(fd, SET_MEMORY_ATTRIBUTES, range.address(), "KVM_SET_MEMORY_ATTRIBUTES");
  }

  @Override
  public void close() {
    Syscalls.close(fd);
  }
}
