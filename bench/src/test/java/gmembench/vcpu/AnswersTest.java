// SPDX-License-Identifier: Apache-2.0
package gmembench.vcpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;

import gmembench.Host;
import gmembench.Units;
import gmembench.linux.Kvm;
import gmembench.linux.MappedFile;
import gmembench.linux.Vcpu;
import gmembench.linux.Vm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What KVM answers where kernels differ; skipped where there is no KVM. */
@Tag("kernel")
class AnswersTest {
  private static final long BYTES = 1 << 20;

  /**
   * Of every kernel that has a guest_memfd which can be bound here; the others give their reason.
   */
  @Test
  void kvmAnswers() {
    Host.guestMemfdOrSkip().close();
    Map<String, String> answers = Answers.all();
    assertThat(answers.get("a range of a guest_memfd bound twice")).isIn("EINVAL", "EEXIST");
    assertThat(answers.get("dirty logging of a guest_memfd's slot")).isEqualTo("EINVAL");
    assertThat(answers.get("private access to a slot that has no private memory"))
        .containsAnyOf(
            "KVM_RUN: EFAULT (KVM_EXIT_MEMORY_FAULT gpa 0x1000 size 0x1000 private)",
            "KVM_CREATE_VM type 1: EINVAL");
  }

  /** KVM_PRE_FAULT_MEMORY allocates what no guest has touched, here 3 pages, and no other. */
  @Test
  void preFaultedPagesAreThere() {
    try (Kvm kvm = Host.openOrSkip(Kvm::open);
        Vm vm = kvm.createVm(Vm.DEFAULT);
        MappedFile file = MappedFile.memfd("test", BYTES)) {
      assumeTrue(kvm.capability(Kvm.CAP_PRE_FAULT_MEMORY) != 0, "no KVM_PRE_FAULT_MEMORY");
      vm.setSlot(0, 0, BYTES, BYTES, file, 0);
      try (Vcpu vcpu = Vcpu.open(vm, 0, 300_000_000)) {
        vcpu.preFault(BYTES + 5 * Units.PAGE_BYTES, 3 * Units.PAGE_BYTES);
        assertThat(file.allocatedBytes()).isEqualTo(3 * Units.PAGE_BYTES);
        assertThat(file.seek(0, true)).isEqualTo(5 * Units.PAGE_BYTES);
        assertThatThrownBy(() -> vcpu.preFault(BYTES + 1, Units.PAGE_BYTES))
            .hasMessageContaining("EINVAL");
      }
    }
  }
}
