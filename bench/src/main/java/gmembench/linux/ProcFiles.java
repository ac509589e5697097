// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import module java.base;

/** The kernel's own counters of huge pages. */
public final class ProcFiles {
  private static final Path SMAPS = Path.of("/proc/self/smaps");
  private static final Path VMSTAT = Path.of("/proc/vmstat");
  private static final Set<String> THP = Set.of("ShmemPmdMapped:", "FilePmdMapped:");
  private static final Set<String> HUGETLB = Set.of("Shared_Hugetlb:", "Private_Hugetlb:");

  private ProcFiles() {}

  /** An event of /proc/vmstat, of the whole system since it was booted; 0 if it is not counted. */
  public static long vmstat(String name) {
    for (String line : lines(VMSTAT)) {
      if (line.startsWith(name) && line.charAt(name.length()) == ' ') {
        return Long.parseLong(line.substring(name.length() + 1));
      }
    }
    return 0;
  }

  /** MemAvailable: what can be allocated without swapping. */
  static long availableBytes() {
    return availableBytes(Path.of("/"));
  }

  /** The same of a system whose /proc is below a folder. */
  static long availableBytes(Path root) {
    for (String line : lines(root.resolve("proc/meminfo"))) {
      if (line.startsWith("MemAvailable:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    return 0;
  }

  /**
   * Bytes of a range that are mapped by large page table entries, by smaps.
   *
   * @param leastBytes what such an entry maps: 2 MiB, which includes those of 1 GiB, or 1 GiB
   */
  static long hugeMappedBytes(long address, long bytes, long leastBytes) {
    return hugeMappedBytes(lines(SMAPS), address, bytes, leastBytes);
  }

  static long hugeMappedBytes(List<String> smaps, long address, long bytes, long leastBytes) {
    long sum = 0;
    boolean inside = false;
    long entryBytes = 0;
    for (String line : smaps) {
      if (!Character.isUpperCase(line.charAt(0))) { // the addresses, in hex
        long start = Long.parseUnsignedLong(line, 0, line.indexOf('-'), 16);
        inside = start >= address && start < address + bytes;
      } else if (inside) { // most lines are of the JVM's other mappings, and not worth splitting
        String[] words = line.split(" +", 3);
        if (words[0].equals("MMUPageSize:")) {
          entryBytes = Long.parseLong(words[1]) * 1024;
        } else if (bytesOfEntry(words[0], entryBytes) >= leastBytes) {
          sum += Long.parseLong(words[1]) * 1024;
        }
      }
    }
    return sum;
  }

  /** What an entry maps that a line of smaps counts; 0 for any other line. */
  private static long bytesOfEntry(String line, long hugetlbBytes) {
    return THP.contains(line) ? HugePool.PAGE_2M : HUGETLB.contains(line) ? hugetlbBytes : 0;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
