// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The kernel's own counters of huge pages. */
public final class ProcFiles {
  private static final Path SMAPS = Path.of("/proc/self/smaps");
  private static final Path VMSTAT = Path.of("/proc/vmstat");
  private static final Set<String> HUGE =
      Set.of("ShmemPmdMapped:", "FilePmdMapped:", "Shared_Hugetlb:", "Private_Hugetlb:");

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

  /** Bytes of a range that page table entries of 2M or 1G map, by smaps. */
  static long hugeMappedBytes(long address, long bytes) {
    return hugeMappedBytes(lines(SMAPS), address, bytes);
  }

  static long hugeMappedBytes(List<String> smaps, long address, long bytes) {
    long sum = 0;
    boolean inside = false;
    for (String line : smaps) {
      String[] words = line.split(" +", 3);
      if (!words[0].endsWith(":")) {
        long start = Long.parseUnsignedLong(words[0].substring(0, words[0].indexOf('-')), 16);
        inside = start >= address && start < address + bytes;
      } else if (inside && HUGE.contains(words[0])) {
        sum += Long.parseLong(words[1]) * 1024;
      }
    }
    return sum;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
