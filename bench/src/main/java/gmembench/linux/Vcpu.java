// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import module java.base;

/**
 * A virtual CPU. One thread at a time runs it, any one; a guest that does not leave by itself is
 * stopped after a time limit, so that {@link #run} always returns or throws. Numbers and layouts:
 * include/uapi/linux/kvm.h, x86-64.
 */
public final class Vcpu implements AutoCloseable {
  private static final long CREATE_VCPU = 0xae41;
  private static final long GET_VCPU_MMAP_SIZE = 0xae04;
  private static final long GET_SUPPORTED_CPUID = 0xc008ae05L;
  private static final long RUN = 0xae80;
  private static final long GET_REGS = 0x8090ae81L;
  private static final long SET_REGS = 0x4090ae82L;
  private static final long GET_SREGS = 0x8138ae83L;
  private static final long SET_SREGS = 0x4138ae84L;
  private static final long SET_SIGNAL_MASK = 0x4004ae8bL;
  private static final long SET_CPUID2 = 0x4008ae90L;
  private static final long GET_TSC_KHZ = 0xaea3;
  private static final long PRE_FAULT_MEMORY = 0xc040aed5L;
  private static final int MOST_CPUID_ENTRIES = 256;

  private final MappedFile file;
  private final VcpuExit exit;
  private final long limitNs;
  private final KickTimer timer;
  private final MemorySegment preFault = Arena.ofAuto().allocate(64, 8);
  private long runner;

  private Vcpu(MappedFile file, long limitNs) {
    this.file = file;
    this.exit = new VcpuExit(file.memory());
    this.limitNs = limitNs;
    this.timer = new KickTimer(limitNs);
  }

  /**
   * KVM_CREATE_VCPU, with the CPUID that the host supports.
   *
   * @param limitNs how long the guest may run between two exits
   */
  public static Vcpu open(Vm vm, int id, long limitNs) {
    try (Kvm kvm = Kvm.open()) {
      int bytes = Syscalls.ioctl(kvm.fd(), GET_VCPU_MMAP_SIZE, 0, "KVM_GET_VCPU_MMAP_SIZE");
      int fd = Syscalls.ioctl(vm.fd(), CREATE_VCPU, id, "KVM_CREATE_VCPU " + id);
      Vcpu vcpu = new Vcpu(MappedFile.vcpu(fd, bytes), limitNs);
      try {
        vcpu.setCpuid(kvm);
        return vcpu;
      } catch (LinuxException e) {
        vcpu.close();
        throw e;
      }
    }
  }

  /** struct kvm_cpuid2 { u32 nent, pad; struct { u32 x 10 } entries[] }. */
  private void setCpuid(Kvm kvm) {
    argument(
        8 + 40 * MOST_CPUID_ENTRIES,
        cpuid -> {
          cpuid.set(JAVA_INT, 0, MOST_CPUID_ENTRIES);
          Syscalls.ioctl(kvm.fd(), GET_SUPPORTED_CPUID, cpuid.address(), "KVM_GET_SUPPORTED_CPUID");
          ioctl(SET_CPUID2, cpuid, "KVM_SET_CPUID2");
        });
  }

  /**
   * Puts it into 64-bit mode with flat segments at a privilege (CPL), 0 or 3.
   *
   * @param taskState address of a page of zeroes: a TSS that permits every port
   */
  public void enterLongMode(int privilege, long pageTables, long taskState) {
    argument(
        VcpuState.SREGS_BYTES,
        sregs -> {
          ioctl(GET_SREGS, sregs, "KVM_GET_SREGS");
          VcpuState.longMode(sregs, privilege, pageTables, taskState);
          ioctl(SET_SREGS, sregs, "KVM_SET_SREGS");
        });
  }

  /** Where it goes on, and what the program finds in rdi and r8; all other registers are 0. */
  public void start(long rip, long rdi, long r8) {
    argument(
        VcpuState.REGS_BYTES,
        regs -> {
          VcpuState.start(regs, rip, rdi, r8);
          ioctl(SET_REGS, regs, "KVM_SET_REGS");
        });
  }

  /**
   * KVM_RUN until the guest leaves for a reason of its own. EINTR (a signal for this thread) and
   * EAGAIN (not yet runnable) mean: go on. The time limit, and any other errno, is an exception
   * that says where the guest was.
   */
  public VcpuExit run() {
    if (runner != Thread.currentThread().threadId()) {
      adopt();
    }
    long turn = timer.turn();
    timer.turn(turn + 1);
    try {
      while (!leaves()) {
        if (timer.isOver()) {
          throw new LinuxException(
              "KVM_RUN did not end within "
                  + limitNs / 1_000_000
                  + " ms"
                  + " (stopped at rip 0x"
                  + Long.toHexString(rip())
                  + ")");
        }
      }
    } finally {
      timer.turn(turn + 2);
    }
    return exit;
  }

  /**
   * KVM_PRE_FAULT_MEMORY: struct { u64 gpa, size, flags, padding[5] }, of which the kernel takes
   * off what it has mapped. Private pages are allocated as the guest's own fault would.
   */
  public void preFault(long gpa, long bytes) {
    preFault.fill((byte) 0);
    preFault.set(JAVA_LONG_UNALIGNED, 0, gpa);
    preFault.set(JAVA_LONG_UNALIGNED, 8, bytes);
    while (preFault.get(JAVA_LONG_UNALIGNED, 8) > 0) {
      try {
        ioctl(PRE_FAULT_MEMORY, preFault, "KVM_PRE_FAULT_MEMORY");
      } catch (LinuxException e) {
        if (e.errno() != Errno.EINTR && e.errno() != Errno.EAGAIN) {
          throw e;
        }
      }
    }
  }

  private boolean leaves() {
    try {
      Syscalls.ioctl(file.fd(), RUN, 0, "KVM_RUN");
      return true;
    } catch (LinuxException e) {
      return switch (e.errno()) {
        case Errno.EINTR, Errno.EAGAIN -> false;
        default -> throw new LinuxException(e.call(), e.errno(), exit.toString());
      };
    }
  }

  /** struct kvm_signal_mask { u32 len; u8 sigset[len] }: what is blocked inside KVM_RUN. */
  private void adopt() {
    long mask = timer.adopt() & ~Syscalls.signalBit(KickTimer.SIGNAL);
    argument(
        16,
        blocked -> {
          blocked.set(JAVA_INT, 0, 8);
          blocked.set(JAVA_LONG_UNALIGNED, 4, mask);
          ioctl(SET_SIGNAL_MASK, blocked, "KVM_SET_SIGNAL_MASK");
        });
    runner = Thread.currentThread().threadId();
  }

  /** Where the guest is. */
  public long rip() {
    long[] rip = new long[1];
    argument(
        VcpuState.REGS_BYTES,
        regs -> {
          ioctl(GET_REGS, regs, "KVM_GET_REGS");
          rip[0] = VcpuState.rip(regs);
        });
    return rip[0];
  }

  /** Ticks of the guest's RDTSC in a millisecond. */
  public long tscKhz() {
    return Syscalls.ioctl(file.fd(), GET_TSC_KHZ, 0, "KVM_GET_TSC_KHZ");
  }

  private void ioctl(long request, MemorySegment argument, String name) {
    Syscalls.ioctl(file.fd(), request, argument.address(), name);
  }

  private static void argument(long bytes, Consumer<MemorySegment> use) {
    try (Arena arena = Arena.ofConfined()) {
      use.accept(arena.allocate(bytes, 8));
    }
  }

  @Override
  public void close() {
    timer.close();
    file.close();
  }
}
