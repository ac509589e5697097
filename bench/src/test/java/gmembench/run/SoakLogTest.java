// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a soak finds to grow: the last third of the rows against the second. */
class SoakLogTest {
  @TempDir Path temp;

  private SoakLog log() {
    return SoakLog.create(temp.resolve("soak"), Map.of("host", "h"));
  }

  private static String verdict(SoakLog log, String figure) {
    String line =
        log.text().lines().filter(l -> l.startsWith(figure)).findFirst().orElse("no such figure");
    return line.substring(line.lastIndexOf(' ') + 1);
  }

  @Test
  void whatIsOpenedAndClosedIsNoLeak() throws IOException {
    SoakLog log = log();
    for (int i = 0; i < 9; i++) {
      Files.newInputStream(temp.resolve("soak/env.csv")).close();
      log.add(i, "block", 1, 4096);
    }
    assertThat(verdict(log, "file descriptors")).isEqualTo("steady");
    assertThat(verdict(log, "more double-allocated")).isEqualTo("steady");
    assertThat(log.text()).startsWith("soak: ").contains("9 blocks, 9 repetitions");
    assertThat(Files.readAllLines(temp.resolve("soak/soak.csv"))).hasSize(10);
  }

  /** A descriptor a block: one is enough. */
  @Test
  void aFileThatStaysOpenGrows() throws IOException {
    SoakLog log = log();
    List<InputStream> open = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      log.add(i, "block", 1, 0);
      open.add(Files.newInputStream(temp.resolve("soak/env.csv")));
    }
    for (InputStream file : open) {
      file.close();
    }
    assertThat(verdict(log, "file descriptors")).isEqualTo("grows");
    assertThat(log.grows()).isTrue();
  }

  /** 8 MiB a block that are still reachable; the slack is 4 MiB. */
  @Test
  void memoryThatIsKeptGrows() {
    SoakLog log = log();
    List<byte[]> kept = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      log.add(i, "block", 1, 0);
      kept.add(new byte[8 << 20]);
    }
    assertThat(verdict(log, "heap after GC")).isEqualTo("grows");
    assertThat(kept).hasSize(6);
  }

  /** Against the first time of the same block, not of another. */
  @Test
  void moreDoubleAllocatedThanAtFirstGrows() {
    SoakLog log = log();
    log.add(1, "a", 1, 4096);
    log.add(1, "b", 1, 8192);
    log.add(2, "a", 1, 4096);
    log.add(2, "b", 1, 4096);
    assertThat(verdict(log, "more double-allocated")).isEqualTo("steady");
    log.add(3, "a", 1, 8192);
    assertThat(verdict(log, "more double-allocated")).isEqualTo("grows");
    assertThat(log.grows()).isTrue();
  }
}
