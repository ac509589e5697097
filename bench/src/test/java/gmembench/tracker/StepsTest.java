// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.guest.Side;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a set visits and writes, counted by hand: the model charges for it. */
class StepsTest {
  /** Nodes and entries of setting a range shared and private again. */
  private static List<Long> steps(Tracker tracker, long gfn, long count) {
    PageMap map = tracker.open(1 << 18);
    List<Long> steps = new ArrayList<>();
    for (Side side : List.of(Side.SHARED, Side.PRIVATE)) {
      long nodes = map.nodeSteps();
      long entries = map.entrySteps();
      map.set(gfn, count, side);
      steps.add(map.nodeSteps() - nodes);
      steps.add(map.entrySteps() - entries);
    }
    return steps;
  }

  /** Pages 0xffff and 0x10000 are in two words of 64 bits; one page is in one. */
  @Test
  void aBitmapWritesWords() {
    assertThat(steps(new Bitmap(), 0xffff, 2)).containsExactly(0L, 2L, 0L, 2L);
    assertThat(steps(new Bitmap(), 5, 1)).containsExactly(0L, 1L, 0L, 1L);
  }

  /**
   * These two are in two containers of 65,536 as well; pages 0x10000 to 0x100ff in one, 4 words.
   */
  @Test
  void roaringVisitsContainers() {
    assertThat(steps(new Roaring(), 0xffff, 2)).containsExactly(2L, 2L, 2L, 2L);
    assertThat(steps(new Roaring(), 0x10000, 0x100)).containsExactly(1L, 4L, 1L, 4L);
  }

  /**
   * A leaf of one range gets three, private, shared, private: it is visited once, the first range's
   * end and two slots are written. Back again there is one range, in the first slot, and the end of
   * what the leaf has.
   */
  @Test
  void mapleWritesTheSlotsFromTheFirstThatChanges() {
    assertThat(steps(new Maple(), 100, 1)).containsExactly(1L, 3L, 1L, 2L);
  }

  /**
   * Two pages of two leaves below two nodes below the top, which are stored in four slots. Each
   * page's slot is reserved, then stored: 8. Then it is emptied, and so are those four: 6.
   */
  @Test
  void anXArrayWritesTwice() {
    List<Long> steps = steps(new XArray(Side.SHARED, XArray.Reserve.ENTRIES), 0xffff, 2);
    assertThat(steps.get(1)).isEqualTo(8);
    assertThat(steps.get(3)).isEqualTo(6);
  }

  /**
   * Shared first, page 5 needs a chunk: the call and the chunk are visited, a reference, a word and
   * two counts are written. Back again, both are visited, and a word and two counts are written:
   * the frame is hot now, but nothing was set in it before. A whole frame is two counts, and its 8
   * words once there is a chunk.
   */
  @Test
  void aFrameMapWritesWordsAndCounts() {
    assertThat(steps(new FrameMap(), 5, 1)).containsExactly(2L, 4L, 2L, 3L);
    assertThat(steps(new FrameMap(), 512, 512)).containsExactly(1L, 2L, 1L, 2L);
    PageMap map = new FrameMap().open(1 << 18);
    map.set(5, 1, Side.SHARED);
    long entries = map.entrySteps();
    map.set(512, 512, Side.SHARED);
    assertThat(map.entrySteps() - entries).isEqualTo(10);
  }

  /**
   * The first set of a hot frame writes a word and two counts, the two after it a word each; the
   * counts follow, 2 entries more, when another frame is set. To ask in between changes nothing.
   */
  @Test
  void aHotFrameIsCountedWhenAnotherIsSet() {
    PageMap map = new FrameMap().open(1 << 18);
    map.set(5, 1, Side.SHARED);
    map.set(8 * 512, 1, Side.SHARED);
    long nodes = map.nodeSteps();
    long entries = map.entrySteps();
    for (long gfn = 6; gfn < 9; gfn++) {
      map.set(gfn, 1, Side.SHARED);
      assertThat(map.isMixed(0, PageMap.ORDER_2M)).isTrue();
      assertThat(map.runEnd(5, 512)).isEqualTo(gfn + 1);
    }
    assertThat(map.entrySteps() - entries).isEqualTo(3 + 1 + 1);
    map.set(8 * 512, 1, Side.PRIVATE);
    assertThat(map.entrySteps() - entries).isEqualTo(3 + 1 + 1 + 2 + 3);
    assertThat(map.nodeSteps() - nodes).isEqualTo(2 + 1 + 1 + 1 + 2);
    map.set(5, 4, Side.PRIVATE);
    assertThat(map.isMixed(0, PageMap.ORDER_1G)).isFalse();
  }
}
