// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import module java.base;

/**
 * Memory that this process can still get without swapping or being killed, and what sets the bound:
 * the host's MemAvailable, or the limit of its memory cgroup or of one above that (v1 and v2).
 *
 * @param bytes at least 0
 * @param bound as it is put in a message
 */
public record FreeMemory(long bytes, String bound) {
  /** Files of a memory cgroup, v2 and v1, and the line of its page cache that goes first. */
  private enum Version {
    V2("memory.max", "memory.current", "inactive_file"),
    V1("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file");

    private final String limit;
    private final String usage;
    private final String cache;

    Version(String limit, String usage, String cache) {
      this.limit = limit;
      this.usage = usage;
      this.cache = cache;
    }
  }

  public static FreeMemory now() {
    return under(Path.of("/"));
  }

  /** The least of all bounds, of a system whose /proc and /sys are below a folder. */
  static FreeMemory under(Path root) {
    FreeMemory free = new FreeMemory(ProcFiles.availableBytes(root), "MemAvailable");
    for (String mount : lines(root.resolve("proc/self/mountinfo"))) {
      for (String group : lines(root.resolve("proc/self/cgroup"))) {
        free = least(free, root, mount.split(" "), group.split(":", 3));
      }
    }
    return free;
  }

  /**
   * @param mount words of mountinfo: root and mount point are the fourth and the fifth, and after a
   *     hyphen the type, the source and the options
   * @param group hierarchy, controllers, path
   */
  private static FreeMemory least(FreeMemory free, Path root, String[] mount, String[] group) {
    int type = Arrays.asList(mount).indexOf("-") + 1;
    boolean v2 = mount[type].equals("cgroup2") && group[1].isEmpty();
    boolean v1 =
        mount[type].equals("cgroup")
            && List.of(mount[type + 2].split(",")).contains("memory")
            && List.of(group[1].split(",")).contains("memory");
    FreeMemory least = free;
    if (v1 || v2) {
      Path top = root.resolve(mount[4].substring(1));
      Path shown = Path.of(mount[3]);
      Path path = Path.of(group[2]);
      Path own = path.startsWith(shown) ? top.resolve(shown.relativize(path)).normalize() : top;
      for (Path at = own; at != null && at.startsWith(top); at = at.getParent()) {
        long bytes = free(at, v2 ? Version.V2 : Version.V1);
        least = bytes < least.bytes ? new FreeMemory(bytes, "the cgroup's limit") : least;
      }
    }
    return least;
  }

  /** What a group's limit leaves; the page cache that was not used for long makes room. */
  private static long free(Path group, Version version) {
    long cache =
        lines(group.resolve("memory.stat")).stream()
            .filter(line -> line.startsWith(version.cache + " "))
            .mapToLong(line -> Long.parseLong(line.substring(version.cache.length() + 1)))
            .sum();
    long limit = number(group.resolve(version.limit));
    long used = number(group.resolve(version.usage));
    return limit == Long.MAX_VALUE ? limit : Math.max(0, limit - Math.max(0, used - cache));
  }

  /** A root group has none of these files, and "max" is no number: no limit. */
  private static long number(Path file) {
    List<String> lines = lines(file);
    return lines.isEmpty() || lines.get(0).equals("max")
        ? Long.MAX_VALUE
        : Long.parseLong(lines.get(0));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
