// SPDX-License-Identifier: Apache-2.0
package gmembench.vcpu;

import gmembench.Units;
import gmembench.linux.MappedFile;

/**
 * The tiny guest's page tables: every address is mapped to itself by 2M pages, for any privilege,
 * marked accessed and dirty, so that no fault but those of the host's making ever happens.
 */
final class GuestTables {
  private static final int LEVELS = 4;
  private static final int LEAF_SHIFT = 21;
  private static final long LEAF_BYTES = 1L << LEAF_SHIFT;
  private static final long PRESENT_WRITE_USER = 7;
  private static final long ACCESSED_DIRTY_LARGE = 0x20 | 0x40 | 0x80;

  private final MappedFile file;
  private final long gpa;
  private final long root;
  private long free;

  /**
   * @param gpa where the guest sees the file
   * @param root offset in the file of the first table; the others follow
   */
  GuestTables(MappedFile file, long gpa, long root) {
    this.file = file;
    this.gpa = gpa;
    this.root = root;
    this.free = root + Units.PAGE_BYTES;
  }

  /** Tables that are enough for regions of so many bytes in all, a few of them. */
  static long bytes(long mapped) {
    long directories = (mapped >>> 30) + 16;
    return (directories + (directories >>> 9) + 16) * Units.PAGE_BYTES;
  }

  /** What cr3 is to be. */
  long root() {
    return gpa + root;
  }

  void map(long from, long bytes) {
    for (long at = from; at < from + bytes; at += LEAF_BYTES) {
      long table = root;
      for (int level = LEVELS; level > 2; level--) {
        table = child(table, index(at, level));
      }
      file.setLong(entry(table, index(at, 2)), at | PRESENT_WRITE_USER | ACCESSED_DIRTY_LARGE);
    }
  }

  private long child(long table, long index) {
    long entry = entry(table, index);
    if (file.getLong(entry) == 0) {
      file.setLong(entry, gpa + free | PRESENT_WRITE_USER);
      free += Units.PAGE_BYTES;
    }
    return (file.getLong(entry) & -Units.PAGE_BYTES) - gpa;
  }

  private static long entry(long table, long index) {
    return table + 8 * index;
  }

  private static long index(long address, int level) {
    return address >>> (12 + 9 * (level - 1)) & 511;
  }
}
