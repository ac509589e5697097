// SPDX-License-Identifier: Apache-2.0
package gmembench.guest;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import org.junit.jupiter.api.Test;

class PageSetTest {
  /** Three blocks and a bit, so that every boundary is crossed. */
  private static final int PAGES = 3 * (1 << 18) + 777;

  @Test
  void isASetOfBits() {
    long seed = 42;
    SplittableRandom random = new SplittableRandom(seed);
    PageSet set = new PageSet(PAGES);
    BitSet naive = new BitSet(PAGES);
    for (int i = 0; i < 3000; i++) {
      int from = random.nextInt(PAGES);
      int most = random.nextInt(10) == 0 ? PAGES : 200;
      int to = (int) Math.min(PAGES, from + 1L + random.nextInt(most));
      long before = naive.cardinality();
      if (random.nextBoolean()) {
        naive.set(from, to);
        assertThat(set.add(from, to - from)).isEqualTo(naive.cardinality() - before);
      } else {
        naive.clear(from, to);
        assertThat(set.remove(from, to - from)).isEqualTo(before - naive.cardinality());
      }
      int at = random.nextInt(PAGES);
      int next = naive.nextSetBit(at);
      assertThat(set.next(at, PAGES)).as("seed %d", seed).isEqualTo(next < 0 ? PAGES : next);
      assertThat(set.nextAbsent(at, PAGES)).isEqualTo(Math.min(PAGES, naive.nextClearBit(at)));
      assertThat(set.contains(at)).isEqualTo(naive.get(at));
      assertThat(set.size()).isEqualTo(naive.cardinality());
    }
  }
}
