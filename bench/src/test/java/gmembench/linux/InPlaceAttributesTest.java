// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import module java.base;

import gmembench.Host;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The in-place ioctl against {@link InPlaceKernel}, and what this host's kernel says to it. */
class InPlaceAttributesTest {
  private final InPlaceKernel kernel = new InPlaceKernel(8);

  private InPlaceAttributes attributes(InPlaceAttributes.Call call) {
    try (MappedFile file = MappedFile.memfd("test", 4096)) {
      return new InPlaceAttributes(file, call);
    }
  }

  /**
   * By hand, as upstream's selftest has it (elevated_refcount): of pages 2 to 5, all shared, page 4
   * is held. All four go private: EAGAIN, error_offset is page 4, so the two before it are said,
   * and none has changed. Each alone: only page 4 is refused. It is let go, and all four convert.
   */
  @Test
  void aHeldPageRefusesAllOfTheRange() {
    InPlaceAttributes attributes = attributes(kernel);
    kernel.holders[4] = 1;
    assertThat(attributes.set(2 * 4096, 4 * 4096, true)).isEqualTo(2 * 4096);
    assertThat(kernel.isPrivate).containsOnly(false);
    for (int page = 2; page < 6; page++) {
      assertThat(attributes.set(page * 4096L, 4096, true)).isEqualTo(page == 4 ? 0 : 4096);
    }
    assertThat(attributes.set(2 * 4096, 4 * 4096, false)).as("to shared").isEqualTo(4 * 4096);
    kernel.holders[4] = 0;
    assertThat(attributes.set(2 * 4096, 4 * 4096, true)).isEqualTo(4 * 4096);
    assertThat(kernel.isPrivate)
        .containsExactly(false, false, true, true, true, true, false, false);
  }

  @Test
  void whatIsWrongIsAnError() {
    InPlaceAttributes attributes = attributes(kernel);
    for (long[] bad : new long[][] {{0, 0}, {1, 4096}, {0, 4095}, {4096, 8 * 4096}}) {
      assertThatThrownBy(() -> attributes.set(bad[0], bad[1], true))
          .hasMessage("KVM_SET_MEMORY_ATTRIBUTES2: EINVAL");
    }
  }

  /** The kernel's word is not trusted: an offset outside of the range is no count of pages. */
  @Test
  void anErrorOffsetThatIsElsewhereIsRefused() {
    InPlaceAttributes.Call lies =
        (fd, request, argument, name) -> {
          throw new LinuxException(name, Errno.EAGAIN, "");
        };
    assertThatThrownBy(() -> attributes(lies).set(4096, 4096, true))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  /**
   * Size 0: EINVAL where the ioctl is known, ENOTTY where it is not; anything else is passed on.
   */
  @Test
  void theProbeTellsWhetherItIsThere() {
    assertThatCode(() -> attributes(kernel).require()).doesNotThrowAnyException();
    assertThat(kernel.calls).isEmpty();
    assertThatThrownBy(() -> attributes(failing(Errno.ENOTTY)).require())
        .hasMessage(
            "KVM_SET_MEMORY_ATTRIBUTES2: ENOTTY (not in this kernel, or"
                + " kvm.gmem_in_place_conversion=N)");
    assertThatThrownBy(() -> attributes(failing(Errno.EBADF)).require())
        .hasMessageContaining("EBADF");
  }

  private static InPlaceAttributes.Call failing(int errno) {
    return (fd, request, argument, name) -> {
      throw new LinuxException(name, errno, "");
    };
  }

  /** A kernel has one of the two ioctls, never both; a default VM has no private memory. */
  @Test
  @Tag("kernel")
  void thisKernelSaysWhetherItHasIt() {
    try (Kvm kvm = Host.openOrSkip(Kvm::open);
        Vm vm = kvm.createVm(Vm.DEFAULT)) {
      assumeTrue(kvm.capability(Kvm.CAP_GUEST_MEMFD) != 0, "no guest_memfd");
      try (MappedFile file = vm.guestMemfd(4096, 0)) {
        InPlaceAttributes here = new InPlaceAttributes(file, InPlaceAttributes.KERNEL);
        int errno = 0;
        try {
          here.set(0, 0, true);
        } catch (LinuxException e) {
          errno = e.errno();
        }
        assertThat(errno).isIn(Errno.ENOTTY, Errno.EINVAL);
        if (errno == Errno.EINVAL) {
          assertThat(kvm.capability(Kvm.CAP_MEMORY_ATTRIBUTES)).isZero();
        }
      }
    }
  }
}
