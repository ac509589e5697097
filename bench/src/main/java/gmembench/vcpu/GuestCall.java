// SPDX-License-Identifier: Apache-2.0
package gmembench.vcpu;

import gmembench.Ticks;
import gmembench.guest.Side;
import gmembench.linux.Kvm;
import gmembench.linux.LinuxException;
import gmembench.linux.MappedFile;
import gmembench.linux.VcpuExit;
import gmembench.linux.Vm;
import java.util.Locale;

/** How a guest leaves for the host, and how privileged it must be for that. */
public enum GuestCall {
  /** There is no guest: its touch is a write through the host's mapping. */
  NONE(0, "", ""),
  /** OUT to a port, at CPL 3 with IOPL 3. */
  PORT(3, "out", "e6 10"),
  /** A write to guest memory that no slot has, at CPL 3; KVM decodes the instruction. */
  MMIO(3, "mov [r8], rbx", "49 89 18"),
  /**
   * VMMCALL of KVM_HC_MAP_GPA_RANGE, as guests ask that know of KVM. KVM answers -EPERM unless the
   * CPL is 0 (kvm_emulate_hypercall).
   */
  HYPERCALL(0, "vmmcall", "0f 01 d9");

  private static final int OUT_PORT = 0x10;
  private static final long PROBE_BYTES = 1 << 20;
  private static final long PROBE_LIMIT_NS = 400_000_000;

  private final int privilege;
  private final String instruction;
  private final String code;

  GuestCall(int privilege, String instruction, String code) {
    this.privilege = privilege;
    this.instruction = instruction;
    this.code = code;
  }

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The CPL that the guest runs at. */
  public int privilege() {
    return privilege;
  }

  String instruction() {
    return instruction;
  }

  /** The instruction's bytes. */
  String code() {
    return code;
  }

  /** Did the guest leave by this call, and not by an accident? */
  boolean isBy(VcpuExit exit, long mmioGpa) {
    return switch (this) {
      case NONE -> false;
      case PORT -> exit.isOut(OUT_PORT);
      case MMIO -> exit.isMmioWrite(mmioGpa);
      case HYPERCALL -> exit.isHypercall(VcpuExit.MAP_GPA_RANGE);
    };
  }

  /** Runs a guest that calls so, and says how it went: one line for people. */
  public String probe() {
    String reason;
    try {
      return "runs at CPL "
          + privilege
          + ", an empty exit takes "
          + Ticks.here().show((double) probe(privilege));
    } catch (LinuxException e) {
      reason = "unsupported: " + e.reason();
    }
    return this == HYPERCALL ? reason + elsewhere() : reason;
  }

  /** A guest at the other privilege, to tell what cannot work from what KVM forbids. */
  private String elsewhere() {
    try {
      probe(3);
      return "; works at CPL 3";
    } catch (LinuxException e) {
      return "; at CPL 3: " + e.reason();
    }
  }

  /** Lets a guest touch both sides of a memory of its own; what an empty exit takes. */
  private long probe(int atPrivilege) {
    try (Kvm kvm = Kvm.open();
        Vm vm = kvm.createVm(Vm.DEFAULT);
        MappedFile memory = MappedFile.memfd("gmembench-probe", 2 * PROBE_BYTES)) {
      vm.setSlot(0, 0, 0, PROBE_BYTES, memory, 0);
      vm.setSlot(1, 0, TinyGuest.sharedGpa(PROBE_BYTES), PROBE_BYTES, memory, PROBE_BYTES);
      TinyGuest.Options options =
          new TinyGuest.Options(this, atPrivilege, 0, PROBE_LIMIT_NS, false, false);
      try (TinyGuest guest = TinyGuest.open(vm, PROBE_BYTES, 2, options)) {
        guest.touch(1, 1, Side.PRIVATE, false);
        guest.touch(1, 1, Side.SHARED, true);
        return guest.emptyExitNs();
      }
    }
  }
}
