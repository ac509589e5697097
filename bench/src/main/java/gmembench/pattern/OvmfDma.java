// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import gmembench.guest.Guest;
import gmembench.trace.Events;

/**
 * The conversions that OVMF makes for one DMA transaction: it maps each buffer of a request by
 * making its pages shared, and unmaps it by making them private again. The order is as measured on
 * OVMF 2022.11; gfns are those of a 1 GiB guest, moved to the top of the guest at hand, since OVMF
 * allocates top down.
 */
public final class OvmfDma {
  /** What the firmware reads from. */
  public enum Disk {
    /** Header, data and status; a flush has no data. */
    VIRTIO_BLK,
    /** Request, data and response; nothing is flushed. */
    VIRTIO_SCSI,
    /** Data alone, 32 pages at most. */
    AHCI,
    /** No disk: QEMU's -kernel. */
    FW_CFG
  }

  static final long GRUB_HEADER = 0x3e3dd;
  static final long GRUB_STATUS = 0x3e3df;

  private static final long MEASURED_TOP = 0x40000;
  private static final long LOW_TOP = 0x80000;
  private static final long AHCI_PAGES = 32;
  private static final long EVENT_NS = 170_000;

  /** What stays shared while the disk is in use: gfn, pages. */
  private static final long[][] VIRTIO_RING = {{0x3ea0b, 3}};

  private static final long[][] AHCI_LISTS = {{0x3ea0f, 1}, {0x3ea0c, 1}, {0x3e74d, 257}};

  private final Disk disk;
  private final long shift;
  private final boolean pool;

  /**
   * @param pool OVMF since edk2-stable202302: what fits is bounced through slots that stay shared
   */
  public OvmfDma(Disk disk, Guest guest, boolean pool) {
    this.disk = disk;
    this.pool = pool;
    this.shift = Math.min(guest.pages(), LOW_TOP) - MEASURED_TOP;
  }

  void start(Events out) {
    if (pool) {
      OvmfPool.forEachSlot((gfn, pages) -> share(out, gfn, pages));
    }
  }

  void end(Events out) {
    if (pool) {
      OvmfPool.forEachSlot((gfn, pages) -> unshare(out, gfn, pages));
    }
  }

  /** The driver binds the disk: its rings are shared until {@link #close}. */
  public void open(Events out) {
    if (!pool) {
      for (long[] list : lists()) {
        share(out, list[0], list[1]);
      }
    }
  }

  /** What a disk is asked before it is read. */
  void identify(Events out) {
    if (disk == Disk.AHCI) {
      flip(out, 0x3ea0a, 1, 0);
      flip(out, 0x3ea07, 1, 0);
    } else if (disk == Disk.VIRTIO_SCSI) {
      inquire(out);
    }
  }

  public void close(Events out) {
    if (!pool) {
      for (long[] list : lists()) {
        unshare(out, list[0], list[1]);
      }
    }
  }

  private long[][] lists() {
    return switch (disk) {
      case AHCI -> AHCI_LISTS;
      case VIRTIO_BLK, VIRTIO_SCSI -> VIRTIO_RING;
      case FW_CFG -> new long[0][];
    };
  }

  /** Six commands with data and two without. */
  private void inquire(Events out) {
    for (int i = 0; i < 6; i++) {
      transfer(out, 0x3ea07, 0x3ea05, 1, 0x3ea02);
    }
    control(out, 0x3ea08, 0x3ea06);
    control(out, 0x3ea08, 0x3ea06);
  }

  /** A request by its size alone, in the buffers that GRUB's requests have. */
  public void transfer(Events out, long pages) {
    transfer(out, GRUB_HEADER, grubData(pages), pages, GRUB_STATUS);
  }

  /** A request without data. */
  public void control(Events out) {
    control(out, GRUB_HEADER, GRUB_STATUS);
  }

  /** GRUB's buffers end at the same page, but for long ones. */
  static long grubData(long pages) {
    return (pages <= 24 ? 0x3e3d2 : 0x3e399) - pages;
  }

  /** A fw_cfg DMA transaction: control block and data. */
  void fwCfg(Events out, long control, long data, long pages) {
    map(out, control, 1, 0);
    map(out, data, pages, 1);
    unmap(out, control, 1);
    unmap(out, data, pages);
  }

  /** A read or write of a disk. */
  public void transfer(Events out, long header, long data, long pages, long status) {
    if (disk == Disk.AHCI) {
      pieces(out, data, pages);
      return;
    }
    map(out, header, 1, 0);
    map(out, data, pages, 1);
    map(out, status, 1, 2);
    unmap(out, status, 1);
    unmap(out, data, pages);
    unmap(out, header, 1);
  }

  /**
   * AHCI's driver maps a long transfer piece by piece; the pieces' buffers end at the same page.
   */
  private void pieces(Events out, long data, long pages) {
    long end = data + Math.min(AHCI_PAGES, pages);
    for (long left = pages; left > 0; left -= AHCI_PAGES) {
      long piece = Math.min(AHCI_PAGES, left);
      flip(out, end - piece, piece, 1);
    }
  }

  /** A flush: only virtio-blk's driver sends any. */
  void flush(Events out, long header, long status) {
    if (disk == Disk.VIRTIO_BLK) {
      control(out, header, status);
    }
  }

  /** A request without data. */
  public void control(Events out, long header, long status) {
    map(out, header, 1, 0);
    map(out, status, 1, 2);
    unmap(out, status, 1);
    unmap(out, header, 1);
  }

  private void flip(Events out, long gfn, long pages, int part) {
    map(out, gfn, pages, part);
    unmap(out, gfn, pages);
  }

  private void map(Events out, long gfn, long pages, int part) {
    if (pool && OvmfPool.fits(pages)) {
      out.touchShared(OvmfPool.slot(pages, part) + shift, pages);
      out.idle(EVENT_NS);
    } else {
      share(out, gfn, pages);
    }
  }

  private void unmap(Events out, long gfn, long pages) {
    if (!pool || !OvmfPool.fits(pages)) {
      unshare(out, gfn, pages);
    }
  }

  private void share(Events out, long gfn, long pages) {
    out.toShared(gfn + shift, pages);
    out.idle(EVENT_NS);
  }

  private void unshare(Events out, long gfn, long pages) {
    out.toPrivate(gfn + shift, pages);
    out.idle(EVENT_NS);
  }
}
