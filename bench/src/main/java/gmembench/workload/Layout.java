// SPDX-License-Identifier: Apache-2.0
package gmembench.workload;

import module java.base;

import gmembench.InputException;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.guest.Slot;
import org.jspecify.annotations.Nullable;

/** How a VMM cuts a guest's memory into slots, from the source of that VMM. */
public enum Layout {
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

  /**
   * A guest of one vCPU as it is cut by a layout.
   *
   * @param name of a layout; null if all memory is in one slot at 0
   */
  public static Guest guest(@Nullable String name, long bytes) {
    return name == null
        ? Guest.ofBytes(bytes)
        : Guest.of(
            parse(name)
                .orElseThrow(
                    () -> new InputException("--layout", "'" + name + "'", "one of " + names()))
                .slots(bytes),
            1,
            bytes / Units.PAGE_BYTES);
  }

  static Optional<Layout> parse(String name) {
    return Arrays.stream(values()).filter(l -> l.text().equals(name)).findFirst();
  }

  static String names() {
    return Arrays.stream(values()).map(Layout::text).collect(Collectors.joining(", "));
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
