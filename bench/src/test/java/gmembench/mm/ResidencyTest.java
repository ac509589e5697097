// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.guest.Side;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResidencyTest {
  /** Three GiB and a bit, so that every boundary is crossed. */
  private static final int PAGES = 3 * (1 << 18) + 777;

  /**
   * Against two bit sets, of two files or of one: small ranges, ranges of any size, and whole
   * blocks.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void countsAsTwoBitSetsDo(boolean oneFile) {
    long seed = 7;
    SplittableRandom random = new SplittableRandom(seed);
    Residency pages = new Residency(PAGES, oneFile);
    BitSet[] naive = {new BitSet(PAGES), new BitSet(PAGES)};
    for (int i = 0; i < 2000; i++) {
      int align = random.nextInt(4) == 0 ? 1 << 9 : 1;
      int from = random.nextInt(PAGES) / align * align;
      int most = random.nextInt(4) == 0 ? PAGES : 200;
      int to = (int) Math.min(PAGES, from + Math.max(align, 1L + random.nextInt(most)));
      Side side = random.nextBoolean() ? Side.PRIVATE : Side.SHARED;
      BitSet mine = naive[side.ordinal()];
      BitSet others = naive[side.other().ordinal()];
      long before = inFile(mine, others, oneFile);
      if (random.nextBoolean()) {
        mine.set(from, to);
        others.clear(from, oneFile ? to : from);
        assertThat(pages.add(from, to - from, side))
            .isEqualTo(inFile(mine, others, oneFile) - before);
      } else {
        mine.clear(from, to);
        others.clear(from, oneFile ? to : from);
        assertThat(pages.remove(from, to - from, side))
            .isEqualTo(before - inFile(mine, others, oneFile));
      }
      BitSet both = (BitSet) mine.clone();
      both.and(others);
      int at = random.nextInt(PAGES);
      assertThat(pages.contains(at, side)).isEqualTo(mine.get(at) || (oneFile && others.get(at)));
      assertThat(pages.fileSize(side)).isEqualTo(inFile(mine, others, oneFile));
      assertThat(pages.size(side)).as("seed %d", seed).isEqualTo(mine.cardinality());
      assertThat(pages.both()).as("seed %d", seed).isEqualTo(both.cardinality());
    }
  }

  /** Pages of a side's file. */
  private static long inFile(BitSet mine, BitSet others, boolean oneFile) {
    return (long) mine.cardinality() + (oneFile ? others.cardinality() : 0);
  }
}
