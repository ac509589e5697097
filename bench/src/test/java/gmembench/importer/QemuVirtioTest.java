// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.trace.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which requests of which device are the firmware's. */
class QemuVirtioTest {
  private static final String NET = "virtio_set_status vdev 0x7 val ";
  private static final String DISK = "virtio_set_status vdev 0x1 val ";

  @TempDir private Path folder = Path.of("");

  private static String read(int disk, int req) {
    return "virtio_blk_handle_read vdev 0x" + disk + " req 0x" + req + " sector 0 nsectors 8\n";
  }

  private static String scsi(int vdev) {
    String notify = vdev == 0 ? "" : "virtio_queue_notify vdev 0x" + vdev + " n 2 vq 0x9\n";
    return notify
        + "virtio_scsi_cmd_req target 0 lun 0 tag 0x1 cmd 0x28\n"
        + "scsi_req_parsed target 0 lun 0 tag 1 command 40 dir 1 length 4096\n"
        + "virtio_scsi_cmd_resp target 0 lun 0 tag 0x1 response 0 status 0\n";
  }

  /** Three reads, the second behind the reset of the network's device. */
  @Test
  void resetOfAnotherDeviceEndsNothing() throws IOException {
    long three = toShared(read(1, 1) + read(1, 2) + read(1, 3));
    assertThat(toShared(read(1, 1) + NET + "0\n" + read(1, 2) + NET + "0\n" + read(1, 3)))
        .isEqualTo(three);
    assertThat(toShared(read(1, 1) + read(1, 2) + DISK + "0\n" + read(1, 3)))
        .as("what comes after its own reset is the kernel's")
        .isEqualTo(toShared(read(1, 1) + read(1, 2)));
    assertThat(toShared(read(1, 1) + read(2, 2) + DISK + "0\n" + read(2, 3)))
        .as("two disks, one reset")
        .isEqualTo(three);
  }

  /** A SCSI request names no device: it is that of the last notification. */
  @Test
  void resetOfAnotherDeviceEndsNoScsi() throws IOException {
    long two = toShared(scsi(1) + scsi(1));
    assertThat(two).isGreaterThan(toShared(scsi(1)));
    assertThat(toShared(scsi(1) + NET + "0\n" + scsi(1))).isEqualTo(two);
    assertThat(toShared(scsi(1) + DISK + "0\n" + scsi(1))).isEqualTo(toShared(scsi(1)));
  }

  /** Without notifications the last device that had a driver ends them. */
  @Test
  void scsiWithoutNotificationsEndsWithTheLastDevice() throws IOException {
    String drivers = NET + "15\n" + DISK + "15\n";
    long two = toShared(drivers + scsi(0) + scsi(0));
    assertThat(toShared(drivers + scsi(0) + NET + "0\n" + scsi(0))).isEqualTo(two);
    assertThat(toShared(drivers + scsi(0) + NET + "0\n" + DISK + "0\n" + scsi(0)))
        .isEqualTo(toShared(drivers + scsi(0)));
  }

  private long toShared(String text) throws IOException {
    Path log = Files.writeString(folder.resolve("a.log"), text);
    return LogImport.run(log, new QemuVirtio(), folder.resolve("out.csv"), List.of(), null)
        .conversions(Op.TO_SHARED);
  }
}
