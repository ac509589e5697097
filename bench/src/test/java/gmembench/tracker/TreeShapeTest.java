// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.guest.Side;
import org.junit.jupiter.api.Test;

/**
 * Nodes and entries of the kernel's trees, worked by hand: the state is right whatever the shape,
 * but tracker_kernel_bytes and the steps are published as the kernel's.
 */
class TreeShapeTest {
  private static final long MAPLE_NODE = 256;
  private static final long XA_NODE = 576;
  private static final long HEAD = 16;

  /**
   * A leaf has 16 slots. Seven single shared pages make 15 ranges; with the eighth there are 17,
   * which are dealt to two leaves under a top, 9 and 8. Without it there are 9 and 6, which is the
   * least; without the seventh the right one has 4, takes part in a merge of 13 and the top goes.
   */
  @Test
  void aMapleNodeOfFewerThanSixEntriesIsMerged() {
    PageMap map = new Maple().open(4096);
    for (int i = 1; i <= 7; i++) {
      map.set(100L * i, 1, Side.SHARED);
    }
    assertThat(map.kernelBytes()).isEqualTo(HEAD + MAPLE_NODE);
    map.set(800, 1, Side.SHARED);
    assertThat(map.kernelBytes()).isEqualTo(HEAD + 3 * MAPLE_NODE);
    map.set(800, 1, Side.PRIVATE);
    assertThat(map.kernelBytes()).isEqualTo(HEAD + 3 * MAPLE_NODE);
    map.set(700, 1, Side.PRIVATE);
    assertThat(map.kernelBytes()).isEqualTo(HEAD + MAPLE_NODE);
  }

  private static long preallocated(PageMap map, long gfn, long pages, Side side) {
    long before = map.preallocated();
    map.set(gfn, pages, side);
    return map.preallocated() - before;
  }

  /**
   * Nodes that are allocated before a store (mas_prealloc_calc). By hand: a page makes three ranges
   * of one, so the leaf is written anew, 1; again, it returns before that; a page more only moves a
   * bound, 0. The eighth page makes 17 ranges: two leaves for one and a top, 3. The top has two
   * leaves then: it can take a third, but not lose one, so what makes the right one too small, at 6
   * ranges, may go up both levels, two nodes each and one, 5; and what spans both is three each, 7.
   */
  @Test
  void nodesAreAllocatedBeforeAMapleStore() {
    PageMap map = new Maple().open(4096);
    assertThat(preallocated(map, 100, 1, Side.SHARED)).isEqualTo(1);
    assertThat(preallocated(map, 100, 1, Side.SHARED)).isZero();
    assertThat(preallocated(map, 101, 1, Side.SHARED)).isZero();
    for (int i = 2; i <= 7; i++) {
      assertThat(preallocated(map, 100L * i, 1, Side.SHARED)).isEqualTo(1);
    }
    assertThat(preallocated(map, 800, 1, Side.SHARED)).isEqualTo(3);
    assertThat(preallocated(map, 900, 1, Side.SHARED)).as("8 ranges of 10").isEqualTo(1);
    map.set(900, 1, Side.PRIVATE);
    assertThat(preallocated(map, 800, 1, Side.PRIVATE)).isEqualTo(5);
    assertThat(preallocated(map, 150, 500, Side.SHARED)).isEqualTo(7);
  }

  /**
   * 60 pages in ascending order are 121 ranges, at least eight leaves, all full but for the last
   * two. By hand: the top can take a leaf and lose one, so of the two levels only the leaves'
   * counts: 2 + 1 for a leaf that is split, 3 + 1 where a range spans leaves. With the top full, 16
   * leaves, a split goes up to a new top: 2 x 2 + 1.
   */
  @Test
  void aTopWithRoomEndsWhatAStoreMayNeed() {
    PageMap map = new Maple().open(1 << 20);
    for (int i = 1; i <= 60; i++) {
      map.set(100L * i, 1, Side.SHARED);
    }
    assertThat(preallocated(map, 350, 1, Side.SHARED)).as("a full leaf").isEqualTo(3);
    assertThat(preallocated(map, 1000, 2000, Side.SHARED)).as("several leaves").isEqualTo(4);
    PageMap full = new Maple().open(1 << 20);
    long leaves = 0;
    for (int i = 1; leaves < 16; i++) {
      full.set(100L * i, 1, Side.SHARED);
      leaves = (full.kernelBytes() - HEAD) / MAPLE_NODE - 1;
    }
    assertThat(preallocated(full, 350, 1, Side.SHARED)).as("and a full top").isEqualTo(5);
  }

  /**
   * 512 shared pages are one entry in 8 slots of the second level. To take 8 of them out it is
   * split into 8 nodes of 8 entries of 8 pages, as the 8 pages are of order 3 (xas_split), so the 4
   * pages behind lie in one entry: to store them again writes nothing. To take these 4 out, that
   * entry is written as two of 4, in 8 slots, and the first one's 4 slots are emptied.
   */
  @Test
  void aSplitOfAnXArrayEntryLeavesEntriesOfTheOrderThatIsErased() {
    PageMap map = new XArrayRange().open(1 << 18);
    map.set(0, 512, Side.SHARED);
    map.set(8, 8, Side.PRIVATE);
    assertThat(map.kernelBytes()).isEqualTo(HEAD + 9 * XA_NODE);
    long entries = map.entrySteps();
    map.set(16, 4, Side.SHARED);
    assertThat(map.entrySteps() - entries).isZero();
    map.set(16, 4, Side.PRIVATE);
    assertThat(map.entrySteps() - entries).isEqualTo(8 + 4);
  }

  /**
   * Page 100,000 needs three levels, of which page 5 has two nodes of its own: five nodes. Without
   * it the top has one entry, in slot 0, and the one below, too: both go (xas_shrink).
   */
  @Test
  void anXArrayIsNoHigherThanItsHighestPageNeeds() {
    for (Tracker tracker :
        new Tracker[] {new XArray(Side.SHARED, XArray.Reserve.ALL), new XArrayRange()}) {
      PageMap map = tracker.open(1 << 18);
      map.set(100_000, 1, Side.SHARED);
      assertThat(map.kernelBytes()).isEqualTo(HEAD + 3 * XA_NODE);
      map.set(5, 1, Side.SHARED);
      assertThat(map.kernelBytes()).isEqualTo(HEAD + 5 * XA_NODE);
      map.set(100_000, 1, Side.PRIVATE);
      assertThat(map.kernelBytes()).isEqualTo(HEAD + XA_NODE);
      assertThat(map.get(5)).isEqualTo(Side.SHARED);
    }
  }
}
