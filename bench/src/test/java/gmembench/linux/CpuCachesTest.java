// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuCachesTest {
  @TempDir Path root;

  private void cache(int index, String level, String type, String size) throws IOException {
    Path folder = root.resolve("sys/devices/system/cpu/cpu0/cache/index" + index);
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("level"), level + "\n");
    Files.writeString(folder.resolve("type"), type + "\n");
    Files.writeString(folder.resolve("size"), size + "\n");
  }

  @Test
  void dataCachesAreFoundByLevel() throws IOException {
    cache(0, "1", "Data", "32K");
    cache(1, "1", "Instruction", "64K");
    cache(2, "2", "Unified", "1280K");
    cache(3, "3", "Unified", "huge");
    CpuCaches caches = CpuCaches.under(root);
    assertThat(caches.bytes(1)).hasValue(32 << 10);
    assertThat(caches.bytes(2)).hasValue(1280 << 10);
    assertThat(caches.bytes(3)).as("a size that is none").isEmpty();
    assertThat(caches.bytes(4)).isEmpty();
  }

  @Test
  void whatCannotBeReadIsNotThere() throws IOException {
    CpuCaches caches = CpuCaches.under(root);
    assertThat(caches.bytes(2)).isEmpty();
    assertThat(caches.flushCeiling()).isEmpty();
    Path ceiling = root.resolve("sys/kernel/debug/x86/tlb_single_page_flush_ceiling");
    Files.createDirectories(ceiling.getParent());
    Files.writeString(ceiling, "17\n");
    assertThat(caches.flushCeiling()).hasValue(17);
    Files.writeString(ceiling, "");
    assertThat(caches.flushCeiling()).isEmpty();
  }
}
