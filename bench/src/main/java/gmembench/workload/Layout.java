// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

import gmembench.guest.Slot;
import java.util.List;
import java.util.Locale;

/** How a VMM cuts a guest's memory into slots, from the source of that VMM. */
enum Layout {
  /** pc_q35_init of QEMU's hw/i386/pc_q35.c. */
  QEMU_Q35(0xb000_0000L, 0x8000_0000L),
  /** pc_init1 of QEMU's hw/i386/pc_piix.c: the machine {@code pc}. */
  QEMU_I440FX(0xe000_0000L, 0xc000_0000L);

  private static final long ABOVE = 1L << 32;

  private final long mostInOneBytes;
  private final long lowBytes;

  /** Memory of {@code mostInOneBytes} or more is split at {@code lowBytes}; the rest is at 4G. */
  Layout(long mostInOneBytes, long lowBytes) {
    this.mostInOneBytes = mostInOneBytes;
    this.lowBytes = lowBytes;
  }

  List<Slot> slots(long bytes) {
    return bytes < mostInOneBytes
        ? List.of(Slot.ofBytes(0, bytes, 0))
        : List.of(Slot.ofBytes(0, lowBytes, 0), Slot.ofBytes(ABOVE, bytes - lowBytes, lowBytes));
  }

  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
