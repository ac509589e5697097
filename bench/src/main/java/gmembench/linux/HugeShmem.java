// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

/**
 * Where a shmem file that may have huge pages comes from. A memfd lives on the kernel's own tmpfs
 * mount, whose huge= is the host's knob shmem_enabled, "never" by default. A tmpfs mount of our own
 * with huge=advise does the same without touching the host: it is mounted nowhere and gone with its
 * file.
 */
final class HugeShmem {
  private static final int O_RDWR_TMPFILE_CLOEXEC = 2 | 020200000 | 02000000;
  private static final int OWNER_READ_WRITE = 0600;
  private static final int MFD_CLOEXEC = 1;

  private HugeShmem() {}

  /** A descriptor of an empty file; without CAP_SYS_ADMIN a memfd, huge if the host's knob says. */
  static int create(String name) {
    try {
      return onOwnMount();
    } catch (LinuxException e) {
      if (e.errno() == Errno.EPERM || e.errno() == Errno.ENOSYS) {
        return Syscalls.memfdCreate(name, MFD_CLOEXEC);
      }
      throw e;
    }
  }

  private static int onOwnMount() {
    int fs = Syscalls.fsopen("tmpfs");
    try {
      Syscalls.fsconfig(fs, "huge", "advise");
      int mount = Syscalls.fsmount(fs);
      try {
        return Syscalls.openat(mount, ".", O_RDWR_TMPFILE_CLOEXEC, OWNER_READ_WRITE);
      } finally {
        Syscalls.close(mount);
      }
    } finally {
      Syscalls.close(fs);
    }
  }
}
