// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import module java.base;

/** How a page of this process is mapped: PAGEMAP_SCAN on /proc/self/pagemap, Linux 6.7. */
final class Pagemap {
  private static final long PAGEMAP_SCAN = 0xc0606610L;
  private static final long PAGE_IS_HUGE = 1 << 6;
  private static final int FD = Syscalls.open("/proc/self/pagemap", 02000000);

  private Pagemap() {}

  /** Is the page mapped by an entry of 2 MiB? False if it is not mapped. */
  static boolean isHuge(long address) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment region = arena.allocate(24, 8);
      // struct pm_scan_arg: size, flags, start, end, walk_end, vec, vec_len, max_pages,
      // category_inverted, category_mask, category_anyof_mask, return_mask
      MemorySegment scan = arena.allocate(96, 8);
      scan.set(JAVA_LONG, 0, scan.byteSize());
      scan.set(JAVA_LONG, 16, address);
      scan.set(JAVA_LONG, 24, address + 4096);
      scan.set(JAVA_LONG, 40, region.address());
      scan.set(JAVA_LONG, 48, 1);
      scan.set(JAVA_LONG, 72, PAGE_IS_HUGE);
      scan.set(JAVA_LONG, 88, PAGE_IS_HUGE);
      return Syscalls.ioctl(FD, PAGEMAP_SCAN, scan.address(), "PAGEMAP_SCAN") > 0;
    }
  }
}
