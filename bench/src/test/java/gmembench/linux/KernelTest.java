// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gmembench.Host;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** What the kernel answers to what it must refuse. */
@Tag("kernel")
class KernelTest {
  private static int errno(Runnable call) {
    try {
      call.run();
    } catch (LinuxException e) {
      return e.errno();
    }
    return 0;
  }

  @Test
  void memfdRefusesWhatIsWrong() {
    try (MappedFile file = MappedFile.memfd("test", 1 << 20)) {
      assertThat(errno(() -> file.punchHole(0, 0))).isEqualTo(Errno.EINVAL);
      assertThat(errno(() -> file.punchHole(-4096, 4096))).isEqualTo(Errno.EINVAL);
      assertThat(errno(() -> file.unmapPages(1, 4096))).isEqualTo(Errno.EINVAL);
      assertThat(file.allocatedBytes()).isZero();
    }
  }

  @Test
  void aCallOnAClosedFileIsNamed() {
    assertThatThrownBy(() -> Syscalls.fallocate(-1, 3, 0, 4096))
        .isInstanceOf(LinuxException.class)
        .hasMessage("fallocate: EBADF");
    assertThatThrownBy(() -> Syscalls.open("/nonexistent", 0))
        .hasMessage("open /nonexistent: ENOENT");
    assertThat(Errno.name(71)).isEqualTo("errno 71");
  }

  @Test
  void noKvmSaysWhatToDo() {
    assertThatThrownBy(() -> Kvm.open("/nonexistent/kvm"))
        .hasMessage(
            "open /nonexistent/kvm: ENOENT (no KVM here: load kvm_intel or kvm_amd, or nest)");
    assertThat(Kvm.hint(Errno.EACCES))
        .isEqualTo("no permission: join the group kvm, or run as root");
  }

  @Test
  void guestMemfdIsAsStrictAsItSays() {
    try (Kvm kvm = Host.guestMemfdOrSkip();
        Vm vm = kvm.createVm(Vm.DEFAULT)) {
      long flags = Kvm.GUEST_MEMFD_MMAP | Kvm.GUEST_MEMFD_INIT_SHARED;
      try (MappedFile file = vm.guestMemfd(1 << 20, flags)) {
        assertThat(errno(() -> file.punchHole(1, 4096))).isEqualTo(Errno.EINVAL);
        file.setLong(4096, 7);
        file.punchHole(4096, 4096);
        assertThat(file.getLong(4096)).isZero();
        assertThat(file.allocatedBytes()).as("not counted").isEqualTo(-1);
      }
      assertThat(errno(() -> vm.guestMemfd(4097, flags))).isEqualTo(Errno.EINVAL);
      assertThat(errno(() -> vm.guestMemfd(4096, 1L << 40))).isEqualTo(Errno.EINVAL);
      MappedFile hidden = vm.guestMemfd(4096, 0);
      assertThat(hidden.isMapped()).isFalse();
      hidden.allocate(0, 4096);
      hidden.punchHole(0, 4096);
      assertThat(errno(() -> MappedFile.guestMemfd(hidden.fd(), 4096)))
          .as("cannot be mapped, and is closed then")
          .isEqualTo(Errno.ENODEV);
    }
  }

  /** A test is skipped for what a host has not got, never because a call was wrong. */
  @Test
  void onlyWhatIsMissingIsSkipped() {
    for (int errno : new int[] {Errno.ENODEV, 0}) {
      assertThatThrownBy(() -> Host.openOrSkip(() -> refused(errno)))
          .isInstanceOf(TestAbortedException.class);
    }
    for (int errno : new int[] {Errno.EINVAL, Errno.EIO}) {
      assertThatThrownBy(() -> Host.openOrSkip(() -> refused(errno)))
          .isInstanceOf(LinuxException.class);
    }
  }

  private static Void refused(int errno) {
    throw errno == 0 ? new LinuxException("no such thing") : new LinuxException("ioctl", errno, "");
  }

  /** Nothing leaks: descriptors and mappings are as they were. */
  @Test
  void nothingIsLeftOpen() {
    long before = openFiles();
    for (int i = 0; i < 2000; i++) {
      MappedFile.memfd("test", 1 << 30).close();
    }
    assertThat(openFiles()).isLessThanOrEqualTo(before + 5);
  }

  private static long openFiles() {
    String[] names = new java.io.File("/proc/self/fd").list();
    return names == null ? 0 : names.length;
  }
}
