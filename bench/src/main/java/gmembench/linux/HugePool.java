// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import module java.base;

import gmembench.Units;

/**
 * The host's pool of hugetlb pages of a size: /sys/kernel/mm/hugepages.
 *
 * @param pageBytes 2 MiB or 1 GiB
 */
public record HugePool(long pageBytes) {
  public static final long PAGE_2M = 2L << 20;
  public static final long PAGE_1G = 1L << 30;

  /** Pages that an open file can still get: free and not promised to a mapping. */
  public long free() {
    return read("free_hugepages") - read("resv_hugepages");
  }

  /**
   * Pages that may be free at most: those that are, and what goes into half of the memory that the
   * host has available. A pool that takes all of it would starve whatever else runs.
   */
  public long most() {
    return free() + ProcFiles.availableBytes() / 2 / pageBytes;
  }

  /** Pages in the pool, in use or not. */
  public long total() {
    return read("nr_hugepages");
  }

  private long read(String name) {
    try {
      return Long.parseLong(Files.readString(folder().resolve(name)).strip());
    } catch (IOException e) {
      throw new LinuxException("no pages of " + Units.size(pageBytes) + ": " + folder());
    }
  }

  private Path folder() {
    return Path.of("/sys/kernel/mm/hugepages/hugepages-" + pageBytes / 1024 + "kB");
  }

  /** Where the number of pages in the pool is set. */
  String knob() {
    return folder().resolve("nr_hugepages").toString();
  }

  @Override
  public String toString() {
    return Units.size(pageBytes);
  }
}
