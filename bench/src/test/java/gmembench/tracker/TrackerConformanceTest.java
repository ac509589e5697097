// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.Plugins;
import gmembench.Thorough;
import gmembench.guest.Side;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every tracker that ServiceLoader finds must do. */
class TrackerConformanceTest {
  /** Odd ends, and borders of words, nodes, frames and GiBs. */
  private static final long[] GUESTS = {1, 2, 63, 64, 65, 500, 512, 513, 4096, 5000, 40_000};

  private static final long GIB = 1L << 18;
  private static final int OPERATIONS = Thorough.TRACKERS.count(10_000, 500_000);

  static List<Tracker> trackers() {
    List<Tracker> trackers = new ArrayList<>(Plugins.all(Tracker.class));
    trackers.add(new XArray(Side.SHARED, XArray.Reserve.ALL));
    trackers.add(new XArray(Side.SHARED, XArray.Reserve.ENTRIES));
    trackers.add(new XArray(Side.PRIVATE, XArray.Reserve.ENTRIES));
    trackers.add(new XArrayRange(Side.PRIVATE));
    return trackers;
  }

  @ParameterizedTest
  @MethodSource("trackers")
  void equalsANaiveArrayInSmallGuests(Tracker tracker) {
    for (long guest : GUESTS) {
      new Conformance(tracker, guest, 42 + guest).run(OPERATIONS / 4);
    }
  }

  @ParameterizedTest
  @MethodSource("trackers")
  void equalsANaiveArrayOverSeveralGiB(Tracker tracker) {
    new Conformance(tracker, 2 * GIB, 7).run(OPERATIONS / 100);
    new Conformance(tracker, 3 * GIB + 777, 8).run(OPERATIONS / 50);
  }

  @ParameterizedTest
  @MethodSource("trackers")
  void refusesBadRangesWithNumbersAndKeepsItsState(Tracker tracker) {
    PageMap map = tracker.open(0x1234);
    map.set(0x10, 0x20, Side.SHARED);
    long hash = map.hash();
    long[][] bad = {
      {0x1230, 5},
      {0x1234, 1},
      {-1, 1},
      {-5, 10},
      {0, 0},
      {4, -1},
      {0, 0x1235},
      {1, Long.MAX_VALUE},
      {Long.MAX_VALUE, 1},
      {Long.MAX_VALUE, Long.MAX_VALUE},
      {Long.MIN_VALUE, Long.MIN_VALUE}
    };
    for (long[] range : bad) {
      String gfn = "0x" + Long.toHexString(range[0]);
      String pages = "0x" + Long.toHexString(range[1]);
      List<Runnable> calls =
          List.of(
              () -> map.set(range[0], range[1], Side.SHARED),
              () -> map.runEnd(range[0], range[0] + range[1]),
              () -> map.isUniform(range[0], range[1]),
              () -> map.forEachRange(range[0], range[1], (g, p, s) -> {}));
      for (Runnable call : calls) {
        assertThatThrownBy(call::run)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(gfn)
            .hasMessageContaining(pages)
            .hasMessageContaining("0x1234");
      }
    }
    for (long gfn : new long[] {-1, 0x1234, Long.MIN_VALUE}) {
      assertThatThrownBy(() -> map.get(gfn)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> map.isMixed(gfn, 9)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> map.isMixed(0, 10)).hasMessageContaining("0xa");
    assertThat(map.hash()).isEqualTo(hash);
  }

  @ParameterizedTest
  @MethodSource("trackers")
  void countsStepsAndBytes(Tracker tracker) {
    PageMap map = tracker.open(GIB);
    long before = map.nodeSteps() + map.entrySteps();
    map.set(0x100, 1, Side.SHARED);
    map.set(0x200, 0x200, Side.SHARED);
    long after = map.nodeSteps() + map.entrySteps();
    assertThat(after).isGreaterThan(before);
    assertThat(map.bytes()).isPositive();
    assertThat(map.kernelBytes()).isPositive();
    map.hash();
    map.get(0x100);
    assertThat(map.nodeSteps() + map.entrySteps()).isEqualTo(after);
  }

  @ParameterizedTest
  @MethodSource("trackers")
  void givesBackWhatItNoLongerNeeds(Tracker tracker) {
    PageMap map = tracker.open(GIB);
    long empty = map.kernelBytes();
    for (int round = 0; round < 3; round++) {
      for (long gfn = 0; gfn < GIB; gfn += 2) {
        map.set(gfn, 1, Side.SHARED);
      }
      for (long gfn = 0; gfn < GIB; gfn += 2) {
        map.set(gfn, 1, Side.PRIVATE);
      }
    }
    long allowed = 4096;
    if (tracker.equals(new XArrayRange(Side.PRIVATE))) {
      allowed = 576 * GIB / 63; // splits for ever
    } else if (tracker.equals(new FrameMap())) {
      allowed = GIB / 8; // keeps its bits until a GiB converts at once
    }
    assertThat(map.kernelBytes()).isLessThanOrEqualTo(empty + allowed);
  }

  /** A GiB takes 2 bytes a frame, 8 a chunk of 8 frames and 4: 1540; and 64 chunks of 512. */
  @Test
  void frameMapKeepsItsPromisedSize() {
    PageMap map = new FrameMap().open(16 * GIB);
    assertThat(map.kernelBytes()).isEqualTo(16 * 1540);
    for (long gfn = 0; gfn < map.pages(); gfn += 2) {
      map.set(gfn, 1, Side.SHARED);
    }
    assertThat(map.kernelBytes()).isEqualTo(16 * (1540 + 64 * 512));
    assertThat(map.kernelBytes()).isLessThan(new Bitmap().open(16 * GIB).bytes() * 105 / 100);
    map.set(GIB - 1, 2 * GIB + 1, Side.PRIVATE);
    assertThat(map.kernelBytes()).isEqualTo(16 * 1540 + 14 * 64 * 512);
    map.set(0, map.pages(), Side.PRIVATE);
    assertThat(map.kernelBytes()).isEqualTo(16 * 1540);
  }

  /** The bytes of facts.md section 8, measured on the kernel's own code in C. */
  @Test
  void kernelBytesAreThoseMeasuredInC() {
    assertThat(
            alternating(new XArray(Side.SHARED, XArray.Reserve.ALL), 16).kernelBytes()
                / (8.0 * GIB))
        .isBetween(18.2, 18.4);
    assertThat(alternating(new XArrayRange(), 16).kernelBytes() / (8.0 * GIB))
        .isBetween(18.2, 18.4);
    assertThat(alternating(new Maple(), 16).kernelBytes() / (8.0 * GIB)).isBetween(33.0, 38.0);

    assertThat(strided(new XArray(Side.SHARED, XArray.Reserve.ALL), 64).kernelBytes())
        .isBetween(75_000_000L, 81_000_000L);
    assertThat(strided(new XArrayRange(), 64).kernelBytes()).isBetween(2_300_000L, 2_500_000L);
    assertThat(strided(new Maple(), 64).kernelBytes()).isBetween(530_000L, 600_000L);
  }

  /** An order-9 entry split to 4K takes 8 nodes, 4,608 bytes. */
  @Test
  void splittingATwoMegabyteEntryTakesEightNodes() {
    PageMap map = new XArrayRange().open(GIB);
    map.set(0, 512, Side.SHARED);
    long before = map.kernelBytes();
    map.set(100, 1, Side.PRIVATE);
    assertThat(map.kernelBytes() - before).isEqualTo(8 * 576);
  }

  private static PageMap alternating(Tracker tracker, int gibs) {
    PageMap map = tracker.open(gibs * GIB);
    for (long gfn = 0; gfn < map.pages(); gfn += 2) {
      map.set(gfn, 1, Side.SHARED);
    }
    return map;
  }

  private static PageMap strided(Tracker tracker, int gibs) {
    PageMap map = tracker.open(gibs * GIB);
    for (long gfn = 0; gfn < map.pages(); gfn += 1024) {
      map.set(gfn, 512, Side.SHARED);
    }
    return map;
  }

  /** The tester is tested: a map with one fault is caught, and the case is small. */
  @Test
  void catchesAndShrinksABrokenMap() {
    assertThatThrownBy(() -> new Conformance(new BrokenTracker(), 5000, 1).run(10_000))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 1")
        .hasMessageContaining("broken")
        .satisfies(e -> {
          String shrunk = String.valueOf(e.getMessage()).replaceFirst(".*shrunk to ", "");
          assertThat(shrunk.split("set\\(", -1)).hasSizeLessThanOrEqualTo(3);
        });
  }
}
