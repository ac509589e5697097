// SPDX-License-Identifier: Apache-2.0
package gmembench.importer;

import module java.base;

import com.google.auto.service.AutoService;
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
 * complete. Buffers have the addresses of a 1 GiB guest. When a device that had requests is reset,
 * the firmware has left it.
 */
@AutoService(LogFormat.class)
public record QemuVirtio() implements LogFormat {
  private static final byte[][] NAMES = {
    LineCursor.bytes("virtio_blk_handle_read"),
    LineCursor.bytes("virtio_blk_handle_write"),
    LineCursor.bytes("virtio_blk_req_complete"),
    LineCursor.bytes("virtio_scsi_cmd_req"),
    LineCursor.bytes("scsi_req_parsed"),
    LineCursor.bytes("virtio_scsi_cmd_resp"),
    LineCursor.bytes("virtio_set_status"),
    LineCursor.bytes("virtio_queue_notify")
  };
  private static final String HANDLE = "virtio_blk_handle_* vdev 0x.. req 0x.. sector N nsectors N";
  private static final String COMPLETE = "virtio_blk_req_complete vdev 0x.. req 0x.. status N";
  private static final String PARSED =
      "scsi_req_parsed target N lun N tag N command N dir N length N";
  private static final String STATUS = "virtio_set_status vdev 0x.. val N";
  private static final String NOTIFY = "virtio_queue_notify vdev 0x.. n N";
  private static final byte[] VDEV = LineCursor.bytes("vdev");
  private static final byte[] PID = LineCursor.bytes("pid");
  private static final byte[] SECTOR = LineCursor.bytes("sector");
  private static final byte[] NSECTORS = LineCursor.bytes("nsectors");
  private static final byte[] STATUS_KEY = LineCursor.bytes("status");
  private static final byte[] LENGTH = LineCursor.bytes("length");
  private static final byte[] VAL = LineCursor.bytes("val");
  private static final byte[] REQ = LineCursor.bytes("req");
  private static final byte[] TARGET = LineCursor.bytes("target");
  private static final byte[][] PARSED_KEYS = {
    LineCursor.bytes("lun"),
    LineCursor.bytes("tag"),
    LineCursor.bytes("command"),
    LineCursor.bytes("dir")
  };
  private static final long SECTOR_BYTES = 512;
  private static final long MOST_PAGES = 0x3d000;

  @Override
  public String why() {
    return "a stock QEMU's virtio_blk_* or virtio_scsi_* as OVMF's conversions, by its request model";
  }

  @Override
  public Parser open(Log log) {
    return new Lines(log);
  }

  private static final class Lines implements Parser {
    private static final long NO_DEVICE = 0;
    private static final long DRIVER_OK = 4;

    private final Log log;
    private final LineReader in;
    private final LineCursor cursor;
    private final Guest guest = Guest.ofBytes(1L << 30);
    private OvmfDma dma = new OvmfDma(OvmfDma.Disk.VIRTIO_BLK, guest, false);
    private boolean begun;
    private boolean commandPending;

    /** The device that was notified last: SCSI requests do not name theirs. */
    private long notified = NO_DEVICE;

    /** Devices that had requests, and of these the ones that the firmware has left. */
    private final Set<Long> used = new HashSet<>();

    private final Set<Long> left = new HashSet<>();

    /**
     * Devices whose driver is ready. Where requests have no device, the last of these ends them.
     */
    private final Set<Long> driven = new HashSet<>();

    /** Requests that are being done, by their address in QEMU. */
    private final Set<Long> underWay = new HashSet<>();

    Lines(Log log) {
      this.log = log;
      this.in = log.in;
      this.cursor = log.cursor;
    }

    @Override
    public void line(Events out) {
      log.readDifference();
      boolean ours =
          switch (cursor.find(NAMES)) {
            case 0, 1 -> handle(out);
            case 2 -> complete(out);
            case 3 -> command();
            case 4 -> parsed(out);
            case 5 -> response(out);
            case 6 -> status();
            case 7 -> notified();
            default -> false;
          };
      if (!ours) {
        log.skip(Log.UNRELATED);
      }
    }

    /** Is a request of a device the firmware's? */
    private boolean isUsed(long vdev) {
      if (left.contains(vdev)) {
        return false;
      }
      used.add(vdev);
      return true;
    }

    private boolean handle(Events out) {
      long vdev = field(VDEV, HANDLE);
      long req = cursor.field(REQ, HANDLE);
      cursor.field(SECTOR, HANDLE);
      long sectors = cursor.field(NSECTORS, HANDLE);
      if (sectors == 0 || sectors > MOST_PAGES * 8) {
        throw in.error("nsectors " + sectors, "1 or more, within 1 GiB");
      }
      if (!isUsed(vdev)) {
        return false;
      }
      begin(out, OvmfDma.Disk.VIRTIO_BLK);
      dma.transfer(out, (sectors * SECTOR_BYTES + Units.PAGE_BYTES - 1) / Units.PAGE_BYTES);
      underWay.add(req);
      return true;
    }

    private boolean complete(Events out) {
      long vdev = field(VDEV, COMPLETE);
      long req = cursor.field(REQ, COMPLETE);
      cursor.field(STATUS_KEY, COMPLETE);
      if (underWay.remove(req)) {
        return true;
      }
      if (!isUsed(vdev)) {
        return false;
      }
      begin(out, OvmfDma.Disk.VIRTIO_BLK);
      dma.control(out);
      return true;
    }

    private boolean parsed(Events out) {
      field(TARGET, PARSED);
      for (byte[] key : PARSED_KEYS) {
        cursor.field(key, PARSED);
      }
      long bytes = cursor.field(LENGTH, PARSED);
      if (bytes > MOST_PAGES * Units.PAGE_BYTES) {
        throw in.error("length " + bytes, "at most 1 GiB");
      }
      commandPending = false;
      return isUsed(notified) && command(out, (bytes + Units.PAGE_BYTES - 1) / Units.PAGE_BYTES);
    }

    private boolean command() {
      commandPending = isUsed(notified);
      return commandPending;
    }

    /** An answer to a command that was not parsed: there is no such target. */
    private boolean response(Events out) {
      if (commandPending) {
        commandPending = false;
        return command(out, 0);
      }
      return true;
    }

    private boolean command(Events out, long pages) {
      begin(out, OvmfDma.Disk.VIRTIO_SCSI);
      if (pages == 0) {
        dma.control(out);
      } else {
        dma.transfer(out, pages);
      }
      return true;
    }

    /** The reset of a device ends nothing of another one's. */
    private boolean status() {
      long vdev = field(VDEV, STATUS);
      long status = cursor.field(VAL, STATUS);
      if ((status & DRIVER_OK) != 0) {
        driven.add(vdev);
      } else if (status == 0) {
        driven.remove(vdev);
        if (used.contains(vdev)) {
          left.add(vdev);
        } else if (used.contains(NO_DEVICE) && driven.isEmpty()) {
          left.add(NO_DEVICE);
        }
      }
      return true;
    }

    private boolean notified() {
      notified = field(VDEV, NOTIFY);
      return false;
    }

    /** The first field of an event, past simpletrace's difference and process. */
    private long field(byte[] key, String form) {
      toFields();
      if (!cursor.is(key)) {
        throw cursor.malformed(form);
      }
      return cursor.number(form);
    }

    private void toFields() {
      if (cursor.next() && cursor.has('.') && cursor.next() && cursor.is(PID) && cursor.next()) {
        cursor.next();
      }
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
      log.eventInOrder(out);
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
}
