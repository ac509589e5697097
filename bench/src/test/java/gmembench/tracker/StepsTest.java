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

  /** Sixteen frames are kept, the seventeenth takes the first one's place; the last comes back. */
  @Test
  void theOldestIdleFrameFallsOut() {
    IdleFrames idle = new IdleFrames();
    for (long frame = 100; frame < 116; frame++) {
      assertThat(idle.add(frame)).isZero();
    }
    assertThat(idle.add(115)).isEqualTo(115);
    assertThat(idle.add(200)).isEqualTo(100);
    assertThat(idle.add(201)).isEqualTo(101);
    assertThat(idle.add(115)).isEqualTo(102);
  }
}
