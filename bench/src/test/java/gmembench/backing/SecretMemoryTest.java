// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Host;
import gmembench.guest.Canary;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.result.Metrics;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against the kernel; few pages, for what is split of the host's direct map stays split. */
@Tag("kernel")
class SecretMemoryTest {
  private static final int PAGES = 24;

  @BeforeEach
  void probe() {
    Host.orSkip(new Secretmem());
  }

  /** Content follows the page however it is made reachable: an array of words is the oracle. */
  @ParameterizedTest
  @EnumSource(
      value = Verb.class,
      names = {"DIRECT_MAP", "MAP", "COPY"})
  void contentFollowsThePage(Verb verb) {
    SplittableRandom random = new SplittableRandom(11);
    long[] content = new long[PAGES];
    Side[] side = new Side[PAGES];
    java.util.Arrays.fill(side, Side.PRIVATE);
    try (Memory memory = new Secretmem().open(new Guest(PAGES, 1), true)) {
      for (int i = 0; i < 600; i++) {
        int page = random.nextInt(PAGES);
        switch (random.nextInt(4)) {
          case 0 -> {
            side[page] = side[page].other();
            memory.apply(verb, page, 1, side[page]);
          }
          case 1 -> memory.apply(verb, page, 1, side[page]);
          case 2 -> {
            memory.touch(page, 1, side[page]);
            content[page] = Canary.of(page, side[page]);
          }
          default -> {
            if (random.nextInt(4) == 0) {
              memory.discard(page, 1, side[page]);
              content[page] = 0;
              side[page] = Side.PRIVATE;
            }
          }
        }
        assertThat(memory.read(page, side[page]))
            .as("seed 11, step %d", i)
            .isEqualTo(content[page]);
        assertThat(memory.isZero(page, side[page])).isEqualTo(content[page] == 0);
      }
    }
  }

  @Test
  void sidesAreApartUnlessInPlace() {
    try (Memory memory = new Secretmem().open(new Guest(PAGES, 1), false)) {
      memory.touch(3, 2, Side.PRIVATE);
      assertThat(memory.isZero(3, Side.SHARED)).isTrue();
      memory.touch(3, 1, Side.SHARED);
      memory.discard(3, 1, Side.PRIVATE);
      assertThat(memory.isZero(3, Side.PRIVATE)).isTrue();
      assertThat(memory.read(3, Side.SHARED)).isEqualTo(Canary.of(3, Side.SHARED));
      assertThat(memory.read(4, Side.PRIVATE)).isEqualTo(Canary.of(4, Side.PRIVATE));
    }
  }

  @Test
  void splitsAreCounted() {
    try (Memory memory = new Secretmem().open(new Guest(PAGES, 1), true)) {
      memory.restart();
      memory.touch(0, PAGES, Side.PRIVATE);
      Metrics reported = new Metrics();
      memory.report(reported);
      Map<String, String> metrics = reported.written();
      assertThat(metrics).containsKeys("direct_map_level2_splits", "direct_map_level3_splits");
      assertThat(Long.parseLong(metrics.get("direct_map_level2_splits"))).isNotNegative();
    }
  }
}
