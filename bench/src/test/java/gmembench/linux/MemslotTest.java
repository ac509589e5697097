// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gmembench.Host;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What KVM answers about memslots that a guest_memfd is bound to, right and wrong. */
@Tag("kernel")
class MemslotTest {
  private static final long MIB = 1 << 20;
  private static final long FLAGS = Kvm.GUEST_MEMFD_MMAP | Kvm.GUEST_MEMFD_INIT_SHARED;

  private final Kvm kvm;
  private final Vm vm;
  private final MappedFile shared;
  private final MappedFile file;

  MemslotTest() {
    this.kvm = Host.guestMemfdOrSkip();
    this.vm = kvm.createVm(Vm.DEFAULT);
    this.shared = MappedFile.memfd("shared", 4 * MIB);
    this.file = vm.guestMemfd(4 * MIB, FLAGS);
  }

  @AfterEach
  void close() {
    file.close();
    shared.close();
    vm.close();
    kvm.close();
  }

  private static int errno(Runnable call) {
    try {
      call.run();
    } catch (LinuxException e) {
      return e.errno();
    }
    return 0;
  }

  @Test
  void theSameRangeOfAFileTwice() {
    vm.bind(0, 0, MIB, shared, file, 0);
    assertThat(errno(() -> vm.bind(1, 8 * MIB, MIB, shared, file, 0)))
        .as("kernels differ")
        .isIn(Errno.EINVAL, Errno.EEXIST);
    assertThat(errno(() -> vm.bind(1, 8 * MIB, MIB, shared, file, MIB - 4096)))
        .isIn(Errno.EINVAL, Errno.EEXIST);
    vm.bind(1, 8 * MIB, MIB, shared, file, MIB);
    vm.removeSlot(0);
    vm.bind(2, 16 * MIB, MIB, shared, file, 0);
  }

  @Test
  void guestAddressesThatOverlap() {
    vm.bind(0, 0, MIB, shared, file, 0);
    assertThatThrownBy(() -> vm.bind(1, MIB - 4096, MIB, shared, file, 2 * MIB))
        .hasMessage(
            "KVM_SET_USER_MEMORY_REGION2 slot 1 gpa 0xff000 size 0x100000: EEXIST (overlaps another"
                + " slot, or that part of the file is in one)");
    assertThat(errno(() -> vm.setSlot(1, 0, 0, 4096, shared, 0))).isEqualTo(Errno.EEXIST);
  }

  @Test
  void offsetsThatAreWrong() {
    assertThat(errno(() -> vm.bind(0, 0, MIB, shared, file, 2048))).isEqualTo(Errno.EINVAL);
    assertThat(errno(() -> vm.bind(0, 0, MIB, shared, file, 4 * MIB))).isEqualTo(Errno.EINVAL);
    assertThat(errno(() -> vm.bind(0, 0, 2 * MIB, shared, file, 3 * MIB)))
        .as("past the end")
        .isEqualTo(Errno.EINVAL);
    assertThat(errno(() -> vm.bind(0, 100, MIB, shared, file, 0))).isEqualTo(Errno.EINVAL);
    assertThat(errno(() -> vm.bind(0, 0, MIB, shared, shared, 0)))
        .as("not a guest_memfd")
        .isEqualTo(Errno.EINVAL);
  }

  /** Nothing but deleting can be done to a slot with a guest_memfd. */
  @Test
  void aBoundSlotCannotChange() {
    vm.bind(0, 0, MIB, shared, file, 0);
    assertThat(errno(() -> vm.bind(0, 8 * MIB, MIB, shared, file, 0)))
        .as("move")
        .isEqualTo(Errno.EINVAL);
    assertThat(errno(() -> vm.setSlot(0, Vm.LOG_DIRTY_PAGES, 0, MIB, shared, 0)))
        .as("log dirty pages")
        .isEqualTo(Errno.EINVAL);
    assertThat(errno(() -> vm.setSlot(0, Vm.READONLY, 0, MIB, shared, 0)))
        .as("read only")
        .isEqualTo(Errno.EINVAL);
    vm.removeSlot(0);
    assertThat(errno(() -> vm.removeSlot(0))).as("gone").isEqualTo(Errno.EINVAL);
  }

  @Test
  void aPlainSlotCan() {
    vm.setSlot(0, 0, 0, MIB, shared, 0);
    vm.setSlot(0, Vm.LOG_DIRTY_PAGES, 0, MIB, shared, 0);
    vm.setSlot(0, 0, 0, MIB, shared, 0);
    vm.setSlot(0, 0, 8 * MIB, MIB, shared, 0);
    assertThat(errno(() -> vm.setSlot(0, 0, 8 * MIB, 2 * MIB, shared, 0)))
        .as("another size")
        .isEqualTo(Errno.EINVAL);
  }

  /** An inode has one file, which is one VM's: several views of it exist in an RFC only. */
  @Test
  void aSecondVmCannotBindTheFile() {
    try (Vm second = kvm.createVm(Vm.DEFAULT)) {
      assertThat(errno(() -> second.bind(0, 0, MIB, shared, file, 0))).isEqualTo(Errno.EINVAL);
    }
  }

  @Test
  void slotNumbersEnd() {
    int most = kvm.capability(Kvm.CAP_NR_MEMSLOTS);
    vm.setSlot(most - 1, 0, 0, 4096, shared, 0);
    assertThatThrownBy(() -> vm.setSlot(most, 0, 4096, 4096, shared, 0))
        .hasMessageContaining("slot " + most)
        .hasMessageContaining("EINVAL (a slot number from 0 to below KVM_CAP_NR_MEMSLOTS");
  }

  /** A punch goes on through bindings, and a slot that goes away takes no content with it. */
  @Test
  void contentStaysWhenSlotsGo() {
    vm.bind(0, 0, MIB, shared, file, 0);
    file.setLong(0, 7);
    file.setLong(4096, 8);
    file.punchHole(4096, 4096);
    vm.removeSlot(0);
    vm.bind(0, 0, 2 * MIB, shared, file, 0);
    assertThat(file.getLong(0)).isEqualTo(7);
    assertThat(file.getLong(4096)).isZero();
  }

  /** Where there are no attributes the ioctl is not there either, and the probe says why. */
  @Test
  void attributesAreProbed() {
    vm.bind(0, 0, MIB, shared, file, 0);
    if (vm.capability(Kvm.CAP_MEMORY_ATTRIBUTES) == 0) {
      assertThatThrownBy(vm::requireAttributes).hasMessage("KVM_CAP_MEMORY_ATTRIBUTES is 0");
      assertThat(errno(() -> vm.setAttributes(0, 4096, true))).isEqualTo(Errno.ENOTTY);
    } else {
      vm.setAttributes(0, MIB, true);
      vm.setAttributes(4096, 4096, false);
      assertThat(errno(() -> vm.setAttributes(1, 4096, true))).isEqualTo(Errno.EINVAL);
      assertThat(errno(() -> vm.setAttributes(0, 0, true))).isEqualTo(Errno.EINVAL);
    }
  }

  @Test
  void aVmTypeThatIsNotThere() {
    assertThatThrownBy(() -> kvm.createVm(77)).hasMessage("KVM_CREATE_VM type 77: EINVAL");
  }
}
