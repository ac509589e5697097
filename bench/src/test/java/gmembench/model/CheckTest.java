// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.guest.Guest;
import gmembench.trace.Batch;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which references which check of a conversion to private sees. */
class CheckTest {
  /**
   * Two pages of 4K folios are shared and used, page 3 is held, and both are asked back, one by
   * one, while it is. By hand: page 4 always comes; page 3 comes unless the check sees who holds
   * it, and then it is not safe.
   */
  @ParameterizedTest
  @CsvSource({
    "in-place-wait:wait=0ns, 1, -",
    "in-place-wait:wait=0ns:references=get, 1, -",
    "in-place-wait:wait=0ns:check=dma-pinned, 1, 0",
    "in-place-wait:wait=0ns:check=dma-pinned:references=get, 0, 1",
    "in-place-wait:wait=0ns:check=mapcount, 0, 1",
    "in-place-wait:wait=0ns:check=mapcount:references=get, 0, 1",
    "in-place-wait:wait=0ns:references=get:pins=refuse-longterm, 1, -",
    "in-place-wait:wait=0ns:pins=refuse-longterm, 0, -"
  })
  void aReferenceIsSeenOrNot(String strategy, String refused, String unsafe) {
    Batch events = new Batch(6);
    events.add(0, 0, Op.TO_SHARED, 3, 2);
    events.add(10, 0, Op.PIN, 3, 1);
    events.add(20, 0, Op.TO_PRIVATE, 3, 1);
    events.add(30, 0, Op.TO_PRIVATE, 4, 1);
    events.add(40, 0, Op.UNPIN, 3, 1);
    Map<String, String> found =
        new OnFolios(0, Guest.ofBytes(4 << 20), "").run(strategy, Trace.of(events));
    assertThat(found.getOrDefault("conversions_refused", "0")).isEqualTo(refused);
    assertThat(found.getOrDefault("unsafe_conversions", "-")).isEqualTo(unsafe);
  }

  /**
   * vCPU 0 and vCPU 1 use a page each that was not there, and each page is asked back by vCPU 0. By
   * hand: the first check meets its own CPU's batch and drains it, 1 ns; the second meets the other
   * CPU's, which is one CPU to be interrupted, 100 ns, its own being empty. A third conversion of a
   * page used long ago drains nothing. Without a drain the first two are refused for nothing.
   */
  @Test
  void aPageThatWasJustAllocatedIsDrained() {
    Batch events = new Batch(9);
    events.add(0, 0, Op.TO_SHARED, 3, 1);
    events.add(1, 1, Op.TO_SHARED, 900, 1);
    events.add(2, 0, Op.TO_PRIVATE, 3, 1);
    events.add(3, 0, Op.TO_PRIVATE, 900, 1);
    events.add(4, 0, Op.TO_SHARED, 3, 1);
    events.add(5, 0, Op.TO_PRIVATE, 3, 1);
    OnFolios small =
        new OnFolios(
            0,
            new Guest(1024, 2),
            "check.once_drain_ns = 1\ncheck.per_drained_cpu_ns = 100",
            false,
            true);
    assertThat(small.run("in-place-wait", Trace.of(events)))
        .containsEntry("check_total_ns", "101")
        .containsEntry("lru_drains", "1")
        .containsEntry("lru_drains_of_all", "1")
        .doesNotContainKey("conversions_refused");
    assertThat(small.run("in-place-wait:wait=0ns:check=refcount-undrained", Trace.of(events)))
        .containsEntry("refused_for_nothing", "6")
        .containsEntry("conversions_refused", "3");
  }

  /** Hugetlb's pages are on no LRU, and 31 pages fill a batch. */
  @Test
  void whatIsOnNoLruOrGoneFromItsBatchIsNotDrained() {
    Batch events = new Batch(4);
    events.add(0, 0, Op.TO_SHARED, 0, 31);
    events.add(1, 0, Op.TO_PRIVATE, 0, 1);
    Guest guest = new Guest(1024, 1);
    assertThat(new OnFolios(0, guest, "", false, true).run("in-place-wait", Trace.of(events)))
        .doesNotContainKey("lru_drains");
    Batch less = new Batch(4);
    less.add(0, 0, Op.TO_SHARED, 0, 30);
    less.add(1, 0, Op.TO_PRIVATE, 0, 1);
    assertThat(new OnFolios(0, guest, "", false, true).run("in-place-wait", Trace.of(less)))
        .containsEntry("lru_drains", "1");
    assertThat(new OnFolios(0, guest, "", true, true).run("in-place-wait", Trace.of(less)))
        .doesNotContainKey("lru_drains");
  }

  /** Of 1000 pages in a row, 32 batches of 31 are gone, and the last 8 wait: from 992 on. */
  @Test
  void ofManyTheLastWait() {
    Batch events = new Batch(3);
    events.add(0, 0, Op.TO_SHARED, 0, 1000);
    events.add(1, 0, Op.TO_PRIVATE, 0, 992);
    OnFolios small = new OnFolios(0, new Guest(1024, 1), "", false, true);
    assertThat(small.run("in-place-wait", Trace.of(events))).doesNotContainKey("lru_drains");
    events.add(2, 0, Op.TO_PRIVATE, 992, 1);
    assertThat(small.run("in-place-wait", Trace.of(events))).containsEntry("lru_drains", "1");
  }

  /** Two folios are made shared of one call, each costs 5 ns. */
  @Test
  void whatIsMadeSharedCostsByFolio() {
    Batch events = new Batch(2);
    events.add(0, 0, Op.TO_SHARED, 0, 1024);
    events.add(0, 0, Op.TO_PRIVATE, 0, 1024);
    OnFolios two = new OnFolios(9, Guest.ofBytes(4 << 20), "unmap.per_made_shared_ns = 5");
    assertThat(two.run("in-place-wait", Trace.of(events))).containsEntry("total_ns", "10");
  }
}
