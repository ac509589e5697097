// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.pattern.OvmfBoot.Kind;
import gmembench.pattern.OvmfBoot.Step;
import gmembench.trace.Events;

/**
 * OVMF's flips in a boot, from what is booted. The request model was measured on seven boots of
 * OVMF 2022.11 (the recorded ovmf-boot workloads), and gives their counts exactly.
 *
 * @param disk what the files are read from
 * @param loader who reads kernel and initrd: GRUB 64 sectors at a time, or the firmware at once
 * @param kernelBytes size of the kernel
 * @param initrdBytes size of the initrd; an EFI stub has none
 * @param requestBytes how much GRUB reads at a time
 * @param rescans reads of the partitions again before the initrd (GRUB, files on ext4)
 * @param bouncePool OVMF since edk2-stable202302, which keeps its bounce buffers shared
 */
@AutoService(Pattern.class)
public record OvmfFlips(
    OvmfDma.Disk disk,
    Loader loader,
    long kernelBytes,
    long initrdBytes,
    long requestBytes,
    int rescans,
    boolean bouncePool)
    implements Pattern {
  /** Who reads the kernel. */
  enum Loader {
    GRUB,
    GRUB_FAT,
    STUB
  }

  private static final long CACHE_PAGES = 64;
  private static final long MOST_BYTES = 1L << 40;

  /** Pages GRUB reads while it looks for its partition and reads its modules and menu, in runs. */
  private static final String GRUB_LOOKS =
      "8 P P P P 8 P P 8 8 P P 8 8 P P 8 8 P P 8 8 P P 8 8 P P 8 8 P P"
          + " 8 8 8 32 24 P P P 8 32 24 P P P";

  public OvmfFlips() {
    this(OvmfDma.Disk.VIRTIO_BLK, Loader.GRUB, 3464 << 12, 3256 << 12, 32 << 10, 12, false);
  }

  public OvmfFlips {
    if (kernelBytes < 1 << 20 || kernelBytes > MOST_BYTES) {
      throw new IllegalArgumentException("kernel from 1MiB to 1TiB");
    }
    if (initrdBytes < 0 || initrdBytes > MOST_BYTES) {
      throw new IllegalArgumentException("initrd from 0 to 1TiB");
    }
    if (requestBytes < Units.PAGE_BYTES || requestBytes > CACHE_PAGES * Units.PAGE_BYTES) {
      throw new IllegalArgumentException("request from 4KiB to 256KiB");
    }
    if (rescans < 0) {
      throw new IllegalArgumentException("rescans of 0 or more");
    }
  }

  @Override
  public String why() {
    return "OVMF flips every DMA buffer of a boot: what made SNP+UPM boots slow, for any disk";
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    OvmfDma dma = new OvmfDma(disk, guest, bouncePool);
    List<Step> steps = script();
    return new Steps() {
      private int at;
      private long done;

      @Override
      public boolean next(Events out) {
        if (at == 0 && done == 0) {
          dma.start(out);
        }
        OvmfBoot.run(dma, steps.get(at), out);
        if (++done == steps.get(at).times()) {
          at++;
          done = 0;
        }
        if (at == steps.size()) {
          dma.close(out);
          dma.end(out);
        }
        return at < steps.size();
      }
    };
  }

  private List<Step> script() {
    List<Step> steps = new ArrayList<>();
    if (disk == OvmfDma.Disk.FW_CFG) {
      steps.addAll(OvmfBoot.configurationBeforeKernel());
      kernelByFwCfg(steps);
      steps.addAll(OvmfBoot.configurationAfterInitrd());
      return steps;
    }
    steps.addAll(OvmfBoot.configuration());
    switch (loader) {
      case GRUB -> grubFromExt4(steps);
      case GRUB_FAT -> grubFromFat(steps);
      case STUB -> stub(steps);
    }
    return steps;
  }

  /** Setup code, kernel and initrd in pieces of 1 MiB; the kernel's buffer lies above. */
  private void kernelByFwCfg(List<Step> steps) {
    steps.add(new Step(Kind.FW, 1, 0x3eb85, 0x3ddf0, 5, 0));
    pieces(steps, pages(kernelBytes) - 5, 0x3ddf5);
    steps.add(new Step(Kind.FW, 1, 0x3eb85, 0x3eb9f, 1, 0));
    pieces(steps, pages(initrdBytes), 0x3d13d);
  }

  private static void pieces(List<Step> steps, long pages, long end) {
    if (pages >= 256) {
      steps.add(new Step(Kind.FW, pages / 256, 0x3eb85, end - 256, 256, 0));
    }
    if (pages % 256 > 0) {
      steps.add(new Step(Kind.FW, 1, 0x3eb85, end - pages % 256, pages % 256, 0));
    }
  }

  private void grubFromExt4(List<Step> steps) {
    steps.addAll(OvmfBoot.loadShim());
    for (String run : GRUB_LOOKS.split(" ", -1)) {
      if (run.equals("P")) {
        partition(steps);
      } else {
        steps.add(grub(1, Long.parseLong(run)));
      }
    }
    steps.add(grub(83, 8));
    steps.add(
        new Step(
            Kind.READ, 1, OvmfDma.GRUB_HEADER, 0x3e3dc, 1, OvmfDma.GRUB_STATUS)); // writes grubenv
    steps.add(grub(requests(kernelBytes) + 1, requestPages()));
    for (int i = 0; i < rescans; i++) {
      steps.add(grub(1, new long[] {32, 8, 24}[i % 3]));
    }
    if (initrdBytes > 0) {
      steps.add(grub(requests(initrdBytes) + 2, requestPages()));
    }
  }

  /** GRUB looks into a partition: 256 KiB, of which 32 KiB in the middle are cached by then. */
  private static void partition(List<Step> steps) {
    steps.add(grub(1, 32));
    steps.add(grub(1, 8));
    steps.add(grub(1, 24));
  }

  private void grubFromFat(List<Step> steps) {
    steps.addAll(OvmfBoot.loadFromFat());
    steps.add(new Step(Kind.READ, 1, 0x3e9ed, 0x3e2d4, 128, 0x3e355));
    steps.add(new Step(Kind.READ, 1, 0x3e9ed, 0x3e344, 16, 0x3e355));
    steps.add(new Step(Kind.FLUSH, 1, 0x3e355, 0, 1, 0x3e9ee));
    long reads = requests(kernelBytes) + requests(initrdBytes) + 5;
    steps.add(
        new Step(Kind.READ, reads, 0x3e3ea, 0x3e3ea - requestPages(), requestPages(), 0x3e3ec));
  }

  /** The firmware reads the whole image into one buffer, but for its head and tail. */
  private void stub(List<Step> steps) {
    long pages = pages(kernelBytes) - 24;
    steps.addAll(OvmfBoot.loadFromFat());
    steps.add(new Step(Kind.READ, 1, 0x3e9ed, 0x3d663 - pages, pages, 0x3d664));
    steps.add(new Step(Kind.READ, 1, 0x3e9ed, 0x3d653, 16, 0x3d664));
    steps.add(new Step(Kind.FLUSH, 1, 0x3d664, 0, 1, 0x3e9ee));
  }

  private static Step grub(long times, long pages) {
    long data = OvmfDma.grubData(pages);
    return new Step(Kind.READ, times, OvmfDma.GRUB_HEADER, data, pages, OvmfDma.GRUB_STATUS);
  }

  private long requestPages() {
    return requestBytes / Units.PAGE_BYTES;
  }

  private long requests(long bytes) {
    return (bytes + requestBytes - 1) / requestBytes;
  }

  private static long pages(long bytes) {
    return (bytes + Units.PAGE_BYTES - 1) / Units.PAGE_BYTES;
  }
}
