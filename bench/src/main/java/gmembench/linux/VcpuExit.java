// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import module java.base;

/**
 * Why a vCPU came back: struct kvm_run, which the kernel fills (include/uapi/linux/kvm.h, x86-64).
 * What it says holds until the vCPU runs again.
 */
public final class VcpuExit {
  public static final int IO = 2;
  public static final int HYPERCALL = 3;
  public static final int HALT = 5;
  public static final int MMIO = 6;
  public static final int SHUTDOWN = 8;
  public static final int FAIL_ENTRY = 9;
  public static final int INTERRUPTED = 10;
  public static final int INTERNAL_ERROR = 17;
  public static final int MEMORY_FAULT = 39;

  /** KVM_HC_MAP_GPA_RANGE (gpa, pages, attributes): the one hypercall that a user may answer. */
  public static final int MAP_GPA_RANGE = 12;

  /** KVM_MAP_GPA_RANGE_ENCRYPTED: of the hypercall's attributes. */
  public static final long ENCRYPTED = 1 << 4;

  private static final int REASON = 8;
  private static final int DETAIL = 32;

  private static final Map<Integer, String> NAMES =
      Map.of(
          IO, "KVM_EXIT_IO",
          HYPERCALL, "KVM_EXIT_HYPERCALL",
          HALT, "KVM_EXIT_HLT",
          MMIO, "KVM_EXIT_MMIO",
          SHUTDOWN, "KVM_EXIT_SHUTDOWN (triple fault)",
          FAIL_ENTRY, "KVM_EXIT_FAIL_ENTRY",
          INTERRUPTED, "KVM_EXIT_INTR",
          INTERNAL_ERROR, "KVM_EXIT_INTERNAL_ERROR",
          MEMORY_FAULT, "KVM_EXIT_MEMORY_FAULT");

  private final MemorySegment run;

  VcpuExit(MemorySegment run) {
    this.run = run;
  }

  public int reason() {
    return run.get(JAVA_INT, REASON);
  }

  /** Is it an OUT to this port? */
  public boolean isOut(int port) {
    return reason() == IO
        && run.get(JAVA_BYTE, DETAIL) == 1
        && run.get(JAVA_SHORT, DETAIL + 2) == (short) port;
  }

  /** Is it a write to guest memory that no slot has? */
  public boolean isMmioWrite(long gpa) {
    return reason() == MMIO
        && run.get(JAVA_LONG, DETAIL) == gpa
        && run.get(JAVA_BYTE, DETAIL + 20) == 1;
  }

  /** Is it this hypercall? Its answer is set to 0, success. */
  public boolean isHypercall(int number) {
    if (reason() != HYPERCALL || run.get(JAVA_LONG, DETAIL) != number) {
      return false;
    }
    run.set(JAVA_LONG, DETAIL + 56, 0);
    return true;
  }

  /** {@code KVM_EXIT_INTERNAL_ERROR suberror 1}, {@code KVM_EXIT_IO port 0x10}. */
  @Override
  public String toString() {
    int reason = reason();
    return NAMES.getOrDefault(reason, "KVM_EXIT " + reason)
        + switch (reason) {
          case IO -> " port " + hex(run.get(JAVA_SHORT, DETAIL + 2) & 0xffff);
          case HYPERCALL -> " nr " + run.get(JAVA_LONG, DETAIL);
          case MMIO -> " gpa " + hex(run.get(JAVA_LONG, DETAIL));
          case FAIL_ENTRY -> " reason " + hex(run.get(JAVA_LONG, DETAIL));
          case INTERNAL_ERROR -> " suberror " + run.get(JAVA_INT, DETAIL);
          case MEMORY_FAULT ->
              " gpa "
                  + hex(run.get(JAVA_LONG, DETAIL + 8))
                  + " size "
                  + hex(run.get(JAVA_LONG, DETAIL + 16))
                  + ((run.get(JAVA_LONG, DETAIL) & 8) == 0 ? " shared" : " private");
          default -> "";
        };
  }

  private static String hex(long value) {
    return "0x" + Long.toHexString(value);
  }
}
