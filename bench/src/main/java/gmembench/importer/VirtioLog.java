// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.pattern.OvmfBoot;
import gmembench.pattern.OvmfBoot.Step;
import gmembench.pattern.OvmfDma;
import gmembench.trace.Events;
import gmembench.trace.LineCursor;
import gmembench.trace.LineReader;

/**
 * A stock QEMU's trace log of a boot from virtio-blk or virtio-scsi, as the conversions that OVMF
 * 2022.11 makes for it: 878 fw_cfg transactions, which no log shows, a ring, and the buffers of
 * every request. Reads and writes are logged when they are handled, flushes only when they
 * complete. Buffers have the addresses of a 1 GiB guest. When the device is reset the firmware has
 * left.
 */
final class VirtioLog implements LogFormat.Parser {
  private static final byte[][] NAMES = {
    LineCursor.bytes("virtio_blk_handle_read"),
    LineCursor.bytes("virtio_blk_handle_write"),
    LineCursor.bytes("virtio_blk_req_complete"),
    LineCursor.bytes("virtio_scsi_cmd_req"),
    LineCursor.bytes("scsi_req_parsed"),
    LineCursor.bytes("virtio_scsi_cmd_resp"),
    LineCursor.bytes("virtio_set_status")
  };
  private static final String HANDLE = "virtio_blk_handle_* vdev 0x.. req 0x.. sector N nsectors N";
  private static final String COMPLETE = "virtio_blk_req_complete vdev 0x.. req 0x.. status N";
  private static final String PARSED =
      "scsi_req_parsed target N lun N tag N command N dir N length N";
  private static final String STATUS = "virtio_set_status vdev 0x.. val N";
  private static final long SECTOR_BYTES = 512;
  private static final long MOST_PAGES = 0x3d000;

  private final LineReader in;
  private final LineCursor cursor;
  private final LogClock clock;
  private final Guest guest = Guest.ofBytes(1L << 30);
  private OvmfDma dma = new OvmfDma(OvmfDma.Disk.VIRTIO_BLK, guest, false);
  private boolean begun;
  private boolean over;
  private boolean commandPending;
  private long underWay;

  VirtioLog(LineReader in) {
    this.in = in;
    this.cursor = new LineCursor(in);
    this.clock = new LogClock(in);
  }

  @Override
  public boolean line(Events out) {
    int name = over ? -1 : cursor.find(NAMES);
    switch (name) {
      case 0, 1 -> handle(out);
      case 2 -> complete(out);
      case 3 -> commandPending = true;
      case 4 -> parsed(out);
      case 5 -> response(out);
      case 6 -> status();
      default -> {
        return false;
      }
    }
    return true;
  }

  private void handle(Events out) {
    word("vdev", HANDLE);
    cursor.number(HANDLE);
    word("req", HANDLE);
    cursor.number(HANDLE);
    word("sector", HANDLE);
    cursor.number(HANDLE);
    word("nsectors", HANDLE);
    long sectors = cursor.number(HANDLE);
    if (sectors == 0 || sectors > MOST_PAGES * 8) {
      throw in.error("nsectors " + sectors, "1 or more, within 1 GiB");
    }
    begin(out, OvmfDma.Disk.VIRTIO_BLK);
    dma.transfer(out, (sectors * SECTOR_BYTES + Units.PAGE_BYTES - 1) / Units.PAGE_BYTES);
    underWay++;
  }

  private void complete(Events out) {
    word("vdev", COMPLETE);
    cursor.number(COMPLETE);
    word("req", COMPLETE);
    cursor.number(COMPLETE);
    word("status", COMPLETE);
    cursor.number(COMPLETE);
    if (underWay > 0) {
      underWay--;
      return;
    }
    begin(out, OvmfDma.Disk.VIRTIO_BLK);
    dma.control(out);
  }

  private void parsed(Events out) {
    for (String key : new String[] {"target", "lun", "tag", "command", "dir"}) {
      word(key, PARSED);
      cursor.number(PARSED);
    }
    word("length", PARSED);
    long bytes = cursor.number(PARSED);
    if (bytes > MOST_PAGES * Units.PAGE_BYTES) {
      throw in.error("length " + bytes, "at most 1 GiB");
    }
    commandPending = false;
    command(out, (bytes + Units.PAGE_BYTES - 1) / Units.PAGE_BYTES);
  }

  /** An answer to a command that was not parsed: there is no such target. */
  private void response(Events out) {
    if (commandPending) {
      commandPending = false;
      command(out, 0);
    }
  }

  private void command(Events out, long pages) {
    begin(out, OvmfDma.Disk.VIRTIO_SCSI);
    if (pages == 0) {
      dma.control(out);
    } else {
      dma.transfer(out, pages);
    }
  }

  private void status() {
    word("vdev", STATUS);
    cursor.number(STATUS);
    word("val", STATUS);
    over = cursor.number(STATUS) == 0 && begun;
  }

  /** Before the first request comes what no log shows; then time follows the log. */
  private void begin(Events out, OvmfDma.Disk disk) {
    if (!begun) {
      begun = true;
      dma = new OvmfDma(disk, guest, false);
      for (Step step : OvmfBoot.fwCfg()) {
        for (long i = 0; i < step.times(); i++) {
          OvmfBoot.run(dma, step, out);
        }
      }
      dma.open(out);
    }
    clock.readQemuPrefix(cursor.nameAt());
    clock.set(out);
  }

  private void word(String word, String form) {
    cursor.expect(LineCursor.bytes(word), form);
  }

  @Override
  public void end(Events out) {
    if (begun) {
      dma.close(out);
    }
  }

  @Override
  public String expected() {
    return HANDLE + ", or " + PARSED;
  }
}
