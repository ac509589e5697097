// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import module java.base;

/** Caches of the first CPU, and when the kernel flushes its TLB, from sysfs and debugfs. */
public final class CpuCaches {
  private static final String CACHE = "sys/devices/system/cpu/cpu0/cache";
  private static final String CEILING = "sys/kernel/debug/x86/tlb_single_page_flush_ceiling";

  private final Path root;

  private CpuCaches(Path root) {
    this.root = root;
  }

  public static CpuCaches here() {
    return new CpuCaches(Path.of("/"));
  }

  /** What a copy of these files says. */
  static CpuCaches under(Path root) {
    return new CpuCaches(root);
  }

  /** Bytes of the data cache of a level; nothing if the kernel does not know one. */
  public OptionalLong bytes(int level) {
    try (Stream<Path> caches = Files.list(root.resolve(CACHE))) {
      return caches
          .filter(c -> line(c.resolve("level")).equals(Integer.toString(level)))
          .filter(c -> !line(c.resolve("type")).equals("Instruction"))
          .map(c -> line(c.resolve("size")))
          .filter(size -> size.matches("[0-9]+K"))
          .mapToLong(size -> Long.parseLong(size.substring(0, size.length() - 1)) << 10)
          .max();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** Zapped entries up to which each is flushed by itself; nothing if that cannot be read. */
  public OptionalLong flushCeiling() {
    String ceiling = line(root.resolve(CEILING));
    return ceiling.matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(ceiling))
        : OptionalLong.empty();
  }

  private static String line(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      return lines.isEmpty() ? "" : lines.get(0).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
