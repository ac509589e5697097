// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import gmembench.guest.PageSet;

/**
 * The bounce buffers that OVMF keeps shared since edk2-stable202302: 4 of 4K, 8 of 32K, 2 of 128K,
 * 1 of 1M and 2 of 2M, each behind a private header page; 5648 KiB in 17 slots. What is larger than
 * the largest is converted as before.
 */
final class OvmfPool {
  /** Slots of a size: pages, how many. */
  private static final int[][] SIZES = {{1, 4}, {8, 8}, {32, 2}, {256, 1}, {512, 2}};

  /** Where the pool lies in a 1 GiB guest: below the firmware's own buffers. */
  private static final long START = 0x3e400;

  private OvmfPool() {}

  static boolean fits(long pages) {
    return pages <= SIZES[SIZES.length - 1][0];
  }

  /** The slot of a buffer; a request's header, data and status are parts 0, 1 and 2. */
  static long slot(long pages, int part) {
    long at = START;
    for (int[] size : SIZES) {
      if (pages <= size[0]) {
        return at + 1 + (long) (part % size[1]) * (size[0] + 1);
      }
      at += (long) size[1] * (size[0] + 1);
    }
    throw new IllegalArgumentException(pages + " pages do not fit");
  }

  static void forEachSlot(PageSet.Run run) {
    long at = START;
    for (int[] size : SIZES) {
      for (int i = 0; i < size[1]; i++) {
        run.range(at + 1, size[0]);
        at += size[0] + 1;
      }
    }
  }
}
