// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.backing.Backing;
import gmembench.backing.Hugetlb2m;
import gmembench.backing.Memfd;
import gmembench.backing.Secretmem;
import gmembench.guest.Guest;
import gmembench.pattern.Launch;
import gmembench.pattern.Launch.Allocate;
import gmembench.pattern.Launch.Copy;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.Snp;
import gmembench.strategy.Strategy;
import gmembench.strategy.Upm2022;
import gmembench.trace.Batch;
import gmembench.trace.Footprint;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Test;

/**
 * The memory that a live run takes, by hand. A guest of 64 GiB (16,777,216 pages) is set private by
 * its host, and an image of 256 MiB (65,536 pages) read into shared memory and copied into private:
 * nobody touches any other page. So the file of {@code snp}, which is both sides, has the image's
 * pages, and of {@code eager-punch-hole}'s two files each has.
 */
class RoomTest {
  private static final long ALL = 64L << 18;
  private static final long IMAGE = 256L << 8;

  private static long[] folios(
      Backing backing, Workload.Memory memory, Allocate allocate, int threads, Strategy... all) {
    Guest guest = new Guest(ALL, 1);
    Launch launch = new Launch(256 << 20, 2 << 20, allocate, Copy.USERSPACE, 0, 10_000);
    Workload workload =
        new Workload("w", "", guest, new Workload.Generated(launch), null, 1, 1, memory, "");
    Footprint footprint = Footprint.of(workload.trace(), guest);
    Block block = new Block(workload, backing, new Bitmap(), List.of(all));
    return new long[] {
      block.privateFolios(footprint, threads), block.sharedFolios(footprint, threads)
    };
  }

  private static long[] folios(Backing backing, Strategy... all) {
    return folios(backing, Workload.Memory.EMPTY, Allocate.NONE, 1, all);
  }

  @Test
  void onlyWhatIsUsedIsThere() {
    assertThat(folios(new Memfd(), new Snp())).containsExactly(IMAGE, 0);
    assertThat(folios(new Memfd(), new EagerPunchHole())).containsExactly(IMAGE, IMAGE);
    assertThat(folios(new Memfd(), new Snp(), new EagerPunchHole()))
        .containsExactly(2 * IMAGE, IMAGE);
  }

  /** The VMM touches every private page, or the guest had used them before. */
  @Test
  void allThatIsPrivateIsThere() {
    Workload.Memory empty = Workload.Memory.EMPTY;
    Workload.Memory used = Workload.Memory.USED;
    assertThat(folios(new Memfd(), empty, Allocate.TOUCH, 1, new EagerPunchHole()))
        .containsExactly(ALL, IMAGE);
    assertThat(folios(new Memfd(), used, Allocate.NONE, 1, new EagerPunchHole()))
        .containsExactly(ALL, IMAGE);
  }

  /**
   * Pages that are allocated and not written make the audit read all, as do threads, and a kernel
   * that does not count; reading fills holes, on both sides.
   */
  @Test
  void whatIsReadIsThere() {
    Workload.Memory empty = Workload.Memory.EMPTY;
    assertThat(folios(new Memfd(), empty, Allocate.FALLOCATE, 1, new EagerPunchHole()))
        .containsExactly(ALL, ALL);
    assertThat(folios(new Memfd(), new Upm2022())).containsExactly(ALL, ALL);
    assertThat(folios(new Memfd(), empty, Allocate.NONE, 2, new EagerPunchHole()))
        .containsExactly(ALL, ALL);
    assertThat(folios(new Secretmem(), new EagerPunchHole())).containsExactly(ALL, ALL);
    assertThat(folios(new Hugetlb2m(), new EagerPunchHole())).containsExactly(ALL >> 9, ALL >> 9);
  }

  /** To copy three pages reads the shared ones, and a hole that is read is filled. */
  @Test
  void aCopyReadsTheSharedPages() {
    for (Op op : List.of(Op.COPY, Op.POPULATE)) {
      Batch events = new Batch(1);
      events.add(0, 0, op, 7, 3);
      Footprint copies = Footprint.of(Trace.of(events), new Guest(ALL, 1));
      assertThat(copies.used().size()).isEqualTo(3);
      assertThat(copies.usedShared().size()).isEqualTo(3);
    }
  }

  /**
   * By hand: a bit for each of 2^38 pages is 32 GiB, and 24 MiB are the program's; the collector
   * has them in two thirds, so half as much again is 48.04 GiB.
   */
  @Test
  void theHeapIsThatOfTheMap() {
    Guest guest = new Guest(1L << 38, 1);
    Batch events = new Batch(1);
    events.add(0, 0, Op.TO_SHARED, 7, 1);
    Footprint footprint = Footprint.of(Trace.of(events), guest);
    Launch any = new Launch(2 << 20, 2 << 20, Allocate.NONE, Copy.USERSPACE, 0, 10_000);
    Workload workload =
        new Workload(
            "w", "", guest, new Workload.Generated(any), null, 1, 1, Workload.Memory.EMPTY, "");
    Block block = new Block(workload, new Memfd(), new Bitmap(), List.of(new Snp()));
    assertThat(Needs.moreHeap(block, footprint)).startsWith("needs about 48.0GiB of heap, has ");
  }
}
