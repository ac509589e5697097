// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import module java.base;

import gmembench.trace.Events;

/**
 * What OVMF 2022.11 transfers in a boot, in order, as measured in a 1 GiB guest. A line of a script
 * is {@code what times buffers}: {@code fw control data/pages}, {@code read header data/pages
 * status}, {@code flush header status}; gfns in hexadecimal.
 */
public final class OvmfBoot {
  /** The firmware reads its configuration from QEMU: 868 transactions before there is a disk. */
  private static final String CONFIGURATION =
      """
      fw 122 3f3f4 3f3f2/1
      fw 63 3f3f2 3f3ed/1
      fw 61 3eea8 3eea6/1
      fw 34 3ee4c 3ee41/1
      fw 122 3ee40 3ee3e/1
      fw 4 3eb85 3eb9f/1
      fw 61 3eb51 3eb4f/1
      fw 61 3eb4f 3eb40/1
      fw 122 3eb24 3eb3f/1
      fw 53 3ea81 3ea7f/1
      fw 82 3ea7f 3ea3a/1
      fw 1 3ea7f 3e9f9/32
      fw 62 3ea80 3ea7e/1
      fw 20 3ea10 3ea0e/1
      """;

  /** Partition tables and file systems, then shim and GRUB are loaded by the firmware. */
  private static final String LOAD_SHIM =
      """
      read 3 3e9fd 3e9fc/1 3e9ff
      read 1 3e9f8 3e9f4/4 3e9fa
      read 1 3e9fd 3e9fc/1 3e9ff
      read 2 3e9f8 3e9f4/4 3e9fa
      read 1 3e9fd 3e9fc/1 3e9ff
      read 1 3e9fc 3e9f2/1 3e9fe
      read 2 3e9fd 3e9fc/1 3e9ff
      read 4 3e9fc 3e9f2/1 3e9fe
      read 1 3e9f2 3e9f1/1 3e9fd
      read 2 3e9fc 3e9f2/1 3e9fe
      read 1 3e9f2 3e9f1/1 3e9fd
      fw 10 3e9fe 3e9fc/1
      read 2 3e9f0 3e9ef/1 3e9f2
      read 1 3e9ed 3e3e9/4 3e3ee
      read 1 3e9f0 3e9ef/1 3e9f2
      read 2 3e9ed 3e3e9/4 3e3ee
      read 1 3e9f0 3e9ef/1 3e9f2
      read 1 3e9ef 3e9ee/1 3e9f1
      read 2 3e9f0 3e9ef/1 3e9f2
      read 1 3e9ef 3e9ee/1 3e9f1
      read 1 3e9f0 3e9ef/1 3e9f2
      read 1 3e9f0 3e3e7/8 3e9f2
      flush 1 3e9ed 3e3ee
      read 1 3e9ed 3e3dd/16 3e3ee
      flush 4 3e9ed 3e3e4
      read 1 3e9ed 3e1f3/240 3e2e4
      read 1 3e9ed 3e2d3/16 3e2e4
      flush 1 3e9ed 3e2e4
      flush 2 3e3df 3e3e1
      flush 2 3e3dd 3e3df
      flush 3 3e3e3 3e3df
      flush 4 3e3dd 3e3df
      read 1 3e3dd 3da16/1008 3e3df
      read 1 3e3dd 3e3a6/16 3e3df
      """;

  /** The same from a disk with one FAT partition, up to the image that the firmware starts. */
  private static final String LOAD_FROM_FAT =
      """
      read 3 3e9fd 3e9fc/1 3e9ff
      read 1 3e9f8 3e9f4/4 3e9fa
      read 1 3e9fd 3e9fc/1 3e9ff
      read 2 3e9f8 3e9f4/4 3e9fa
      read 1 3e9f5 3e9f4/1 3e9f7
      read 1 3e9f4 3e9f3/1 3e9f6
      read 2 3e9f5 3e9f4/1 3e9f7
      read 3 3e9f4 3e9f3/1 3e9f6
      fw 10 3e9f6 3e9f4/1
      read 2 3e9f1 3e9f0/1 3e9f3
      read 1 3e3f6 3e3f2/4 3e9ee
      read 1 3e9f1 3e9f0/1 3e9f3
      read 2 3e3f6 3e3f2/4 3e9ee
      read 1 3e9f1 3e9f0/1 3e9f3
      read 1 3e9f1 3e3ef/8 3e9f3
      flush 1 3e3f6 3e9ee
      read 1 3e3f6 3e3e6/16 3e9ee
      flush 4 3e3ec 3e9ee
      """;

  /** With -kernel the files come through fw_cfg: before, between and after them. */
  private static final String CONFIGURATION_BEFORE_KERNEL =
      """
      fw 130 3f3f4 3f3f2/1
      fw 63 3f3f2 3f3ed/1
      fw 65 3eea8 3eea6/1
      fw 34 3ee4c 3ee41/1
      fw 130 3ee40 3ee3e/1
      fw 2 3eb85 3eb9f/1
      """;

  private static final String CONFIGURATION_AFTER_INITRD =
      """
      fw 2 3eb85 3eb9f/1
      fw 65 3d10e 3d10c/1
      fw 65 3d0fe 3d10c/1
      fw 130 3d0e2 3d0f1/1
      fw 53 3d03f 3d03d/1
      fw 51 3d03d 3cff8/1
      fw 31 3cfd6 3d03c/1
      fw 1 3cfd6 3cfb5/32
      fw 66 3cfd6 3d03e/1
      fw 10 3cfce 3cfcc/1
      fw 3 3cfcd 3cfcb/1
      """;

  private OvmfBoot() {}

  /** What is done in a step. */
  enum Kind {
    FW,
    READ,
    FLUSH,
    OPEN
  }

  /** So many of the same transfer; {@code third} is the status buffer. */
  public record Step(Kind kind, long times, long first, long data, long pages, long third) {}

  /** The firmware's configuration, then the disk's driver binds. */
  static List<Step> configuration() {
    List<Step> steps = parse(CONFIGURATION);
    steps.add(new Step(Kind.OPEN, 1, 0, 0, 0, 0));
    return steps;
  }

  /** All fw_cfg transactions of a boot from disk; the last ten come when the disk has been read. */
  public static List<Step> fwCfg() {
    List<Step> steps = parse(CONFIGURATION);
    steps.addAll(parse("fw 10 3e9fe 3e9fc/1"));
    return steps;
  }

  static List<Step> loadShim() {
    return parse(LOAD_SHIM);
  }

  static List<Step> loadFromFat() {
    return parse(LOAD_FROM_FAT);
  }

  static List<Step> configurationBeforeKernel() {
    return parse(CONFIGURATION_BEFORE_KERNEL);
  }

  static List<Step> configurationAfterInitrd() {
    return parse(CONFIGURATION_AFTER_INITRD);
  }

  private static List<Step> parse(String script) {
    List<Step> steps = new ArrayList<>();
    for (String line : script.lines().toList()) {
      String[] words = line.split(" ", -1);
      long times = Long.parseLong(words[1]);
      steps.add(
          switch (words[0]) {
            case "fw" -> buffers(Kind.FW, times, words[2], words[3], "0");
            case "read" -> buffers(Kind.READ, times, words[2], words[3], words[4]);
            default -> buffers(Kind.FLUSH, times, words[2], "0/1", words[3]);
          });
    }
    return steps;
  }

  private static Step buffers(Kind kind, long times, String first, String data, String third) {
    int slash = data.indexOf('/');
    return new Step(
        kind,
        times,
        Long.parseLong(first, 16),
        Long.parseLong(data.substring(0, slash), 16),
        Long.parseLong(data.substring(slash + 1)),
        Long.parseLong(third, 16));
  }

  public static void run(OvmfDma dma, Step step, Events out) {
    switch (step.kind()) {
      case FW -> dma.fwCfg(out, step.first(), step.data(), step.pages());
      case READ -> dma.transfer(out, step.first(), step.data(), step.pages(), step.third());
      case FLUSH -> dma.flush(out, step.first(), step.third());
      case OPEN -> {
        dma.open(out);
        dma.identify(out);
      }
    }
  }
}
