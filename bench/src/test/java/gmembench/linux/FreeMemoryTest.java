// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The least of what the host and every cgroup above this process leave. */
class FreeMemoryTest {
  private static final long MIB = 1 << 20;

  @TempDir private Path root = Path.of("");

  @BeforeEach
  void aHostOf4GiB() throws IOException {
    write("proc/meminfo", "MemTotal: 8388608 kB\nMemAvailable:    4194304 kB\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.resolve("..").normalize());
    Files.writeString(path, text);
  }

  private void mounts(String type, String shown, String options, String group) throws IOException {
    write(
        "proc/self/mountinfo",
        "22 1 8:1 / / rw - ext4 /dev/root rw\n"
            + "32 31 0:29 %s /sys/fs/cgroup rw shared:9 - %s cgroup rw%s\n"
                .formatted(shown, type, options));
    write("proc/self/cgroup", group + "\n");
  }

  private void v2(String group, String max, long current, long cache) throws IOException {
    String at = "sys/fs/cgroup" + group;
    write(at + "/memory.max", max + "\n");
    write(at + "/memory.current", current + "\n");
    write(at + "/memory.stat", "anon 1\ninactive_file " + cache + "\nactive_file 7\n");
  }

  private FreeMemory free() {
    return FreeMemory.under(root);
  }

  @Test
  void withoutCgroupsItIsMemAvailable() {
    assertThat(free()).isEqualTo(new FreeMemory(4096 * MIB, "MemAvailable"));
  }

  /** 1024 MiB, of which 300 are used, 100 of these by cache that goes: 824 are left. */
  @Test
  void theLimitOfAGroupAboveHoldsToo() throws IOException {
    mounts("cgroup2", "/", "", "0::/machine/a");
    v2("/machine/a", "max", 200 * MIB, 0);
    v2("/machine", Long.toString(1024 * MIB), 300 * MIB, 100 * MIB);
    assertThat(free()).isEqualTo(new FreeMemory(824 * MIB, "the cgroup's limit"));
    v2("/machine/a", Long.toString(210 * MIB), 200 * MIB, 0);
    assertThat(free().bytes()).isEqualTo(10 * MIB);
    v2("/machine/a", Long.toString(190 * MIB), 200 * MIB, 0);
    assertThat(free().bytes()).as("above its limit").isZero();
  }

  /** A container sees its own part of the tree, whatever /proc/self/cgroup calls it. */
  @Test
  void aPartOfTheTreeIsMounted() throws IOException {
    mounts("cgroup2", "/docker/x", "", "0::/docker/x/job");
    v2("/job", Long.toString(512 * MIB), 12 * MIB, 0);
    assertThat(free().bytes()).isEqualTo(500 * MIB);
    mounts("cgroup2", "/docker/x", "", "0::/elsewhere");
    v2("", Long.toString(256 * MIB), 56 * MIB, 0);
    assertThat(free().bytes()).isEqualTo(200 * MIB);
  }

  /** Version 1: no limit is 2^63 less a page; other hierarchies have no memory. */
  @Test
  void versionOne() throws IOException {
    mounts("cgroup", "/", ",memory", "9:name=systemd:/\n4:memory:/a");
    for (String at : List.of("sys/fs/cgroup", "sys/fs/cgroup/a")) {
      write(at + "/memory.limit_in_bytes", "9223372036854771712\n");
      write(at + "/memory.usage_in_bytes", "1000000\n");
      write(at + "/memory.stat", "inactive_file 5\ntotal_inactive_file 9\n");
    }
    assertThat(free().bound()).isEqualTo("MemAvailable");
    write("sys/fs/cgroup/a/memory.limit_in_bytes", "1000100\n");
    assertThat(free().bytes()).isEqualTo(109);
    mounts("cgroup", "/", ",cpu", "4:cpu:/a");
    assertThat(free().bound()).isEqualTo("MemAvailable");
  }

  @Test
  void thisHost() {
    assertThat(FreeMemory.now().bytes()).isBetween(1L, 1L << 50);
  }
}
