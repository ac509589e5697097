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
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is left of a split folio is faulted again, on both sides, and what became large again by one
 * fault. An entry costs 1 ns where a touch brings it back, and 1 ms where an unmap drops it, so
 * that total_ns reads as the two counts.
 */
class RefaultsTest {
  private static final long GIB = 1L << 18;
  private static final String COSTS = "touch.per_refault_ns = 1\nunmap.per_drop_ns = 1000000";
  private static final OnFolios ONE_GIB = new OnFolios(18, Guest.ofBytes(1L << 30), COSTS);
  private static final OnFolios ONE_FRAME = new OnFolios(9, Guest.ofBytes(2 << 20), COSTS);

  /** The guest shares 4K of a private 1G page, then goes on using the other 262,143 pages. */
  private static Trace private4k() {
    Batch events = new Batch(3);
    events.add(0, 0, Op.TO_SHARED, 7, 1);
    events.add(10_000, 0, Op.TOUCH_PRIVATE, 0, 7);
    events.add(20_000, 0, Op.TOUCH_PRIVATE, 8, GIB - 8);
    return Trace.of(events);
  }

  /** All of a 1G page is shared and mapped; 4K go private; the host goes on using the rest. */
  private static Trace shared4k() {
    Batch events = new Batch(4);
    events.add(0, 0, Op.TO_SHARED, 0, GIB);
    events.add(10_000, 0, Op.TO_PRIVATE, 7, 1);
    events.add(20_000, 0, Op.TOUCH_SHARED, 0, 7);
    events.add(30_000, 0, Op.TOUCH_SHARED, 8, GIB - 8);
    return Trace.of(events);
  }

  /**
   * By hand: KVM's one entry of 1G is dropped. The host and the guest fault page 7, which both use;
   * the guest faults 511 pages of 4K in the mixed frame, and the 511 other frames by 2M: their
   * folios are of 2M, or KVM knows that they were. If it does not, all of what was shattered is
   * 262,143 faults.
   */
  @ParameterizedTest
  @CsvSource({
    "in-place-lazy-split, 1024",
    "in-place-lazy-split:large-mappings=false, 1024",
    "in-place-range-split, 1024",
    "in-place-lazy-split:levels=1g-4k, 1024",
    "in-place-lazy-split:levels=1g-4k:large-mappings=false, 262145",
    "in-place-split, 1024",
    "in-place-split:large-mappings=false, 262145",
    "in-place-wait, 1024"
  })
  void theGuestFaultsTheRestOfAPrivateFolio(String strategy, long faults) {
    assertThat(ONE_GIB.run(strategy, private4k()))
        .containsEntry("total_ns", Long.toString(1_000_000 + faults));
  }

  /**
   * Here it was shattered before the guest used it again: of the 1G entry that it had before, with
   * {@code large-mappings=false} nothing is left.
   */
  @Test
  void whatWasShatteredAtFirstIsMappedLarge() {
    assertThat(ONE_GIB.run("in-place-shattered", private4k()))
        .containsEntry("total_ns", Long.toString(1_000_000 + 1024))
        .containsEntry("vmemmap_lost_end_bytes", Integer.toString((16 << 20) - (4 << 10)))
        .containsEntry("huge_mapped_end_bytes", Integer.toString(511 << 21));
    assertThat(ONE_GIB.run("in-place-shattered:large-mappings=false", private4k()))
        .containsEntry("total_ns", Long.toString(2 + 262_143))
        .containsEntry("huge_mapped_end_bytes", "0");
  }

  /**
   * By hand: KVM's entry of 1G is dropped, then the host's, which was one fault where the folio was
   * whole; the guest faults page 7; the host faults 511 of 4K and 511 of 2M, or all by 4K, since it
   * maps folios as they are. If the host has entries of 4K only, it is 262,144 faults for it at
   * first, and 262,143 after the split. All of 1G was 4K folios for the host before with the last
   * three, and page 7 is one entry of them. The guest's own entry of what is shared is one of 1G
   * whatever the folios are: one fault, dropped as the host's is when page 7 goes, and 511 + 511
   * faults for what is left: 1023 faults and a drop more than the host's and the private side's.
   */
  @ParameterizedTest
  @CsvSource({
    "in-place-lazy-split, 3, 2047",
    "in-place-lazy-split:levels=1g-4k, 3, 263168",
    "in-place-lazy-split:large-host-mappings=false, 3, 525311",
    "in-place-wait, 3, 2047",
    "in-place-split, 3, 263168",
    "in-place-range-split, 3, 263168",
    "in-place-shattered, 3, 263168"
  })
  void theHostFaultsTheRestOfASharedFolio(String strategy, long drops, long faults) {
    assertThat(ONE_GIB.run(strategy, shared4k()))
        .containsEntry("total_ns", Long.toString(drops * 1_000_000 + faults));
  }

  /**
   * A 2M frame is shared by 4K and comes back by 4K, 512 pieces each way, and all of it is used
   * then. By hand, going: KVM's entry of 2M is dropped and the host faults 512; what is left nobody
   * uses. Coming: the host's 512 entries are dropped; the guest faults each piece as it comes, the
   * last by one entry of 2M in the place of 511, and so it did the shared ones, of which the first
   * piece that comes drops that one entry. Lazily the folio is whole when all is shared, the host's
   * last fault makes one entry of 2M, and the first piece that comes drops that for all.
   */
  @ParameterizedTest
  @CsvSource({"in-place-split, 514", "in-place-range-split, 514", "in-place-lazy-split, 3"})
  void theLastPieceIsOneFaultOf2M(String strategy, long drops) {
    Batch events = new Batch(1100);
    for (int page = 0; page < 512; page++) {
      events.add(page, 0, Op.TO_SHARED, page, 1);
    }
    for (int page = 0; page < 512; page++) {
      events.add(512 + page, 0, Op.TO_PRIVATE, page, 1);
    }
    events.add(2000, 0, Op.TOUCH_PRIVATE, 0, 512);
    assertThat(ONE_FRAME.run(strategy, Trace.of(events)))
        .containsEntry("total_ns", Long.toString(drops * 1_000_000 + 512 + 512 + 512))
        .containsEntry("huge_mapped_end_bytes", Integer.toString(2 << 20));
  }

  /**
   * A conversion zaps what the guest has of the side that is left, in both directions. By hand: to
   * shared, KVM's entry of 2M (a drop); the host faults one entry and the guest one. To private,
   * both of these (two drops). The host's own writes make no entry of the guest's: a frame that
   * only the host used is one fault of its own, and a drop less.
   */
  @Test
  void theGuestsEntriesOfWhatIsLeftAreZappedBothWays() {
    Batch byBoth = new Batch(2);
    byBoth.add(0, 0, Op.TO_SHARED, 0, 512);
    byBoth.add(1, 0, Op.HOST_TO_PRIVATE, 0, 512);
    assertThat(ONE_FRAME.run("in-place-wait", Trace.of(byBoth)))
        .containsEntry("total_ns", Long.toString(3 * 1_000_000 + 2));
    Batch byHost = new Batch(3);
    byHost.add(0, 0, Op.HOST_TO_SHARED, 0, 512);
    byHost.add(1, 0, Op.HOST_TOUCH_SHARED, 0, 512);
    byHost.add(2, 0, Op.HOST_TO_PRIVATE, 0, 512);
    assertThat(ONE_FRAME.run("in-place-wait", Trace.of(byHost)))
        .containsEntry("total_ns", Long.toString(2 * 1_000_000 + 1));
  }

  /**
   * The host's writes make pages resident, also where nobody keeps entries or folios: 4 pages,
   * once.
   */
  @Test
  void whatTheHostTouchesFirstIsAFault() {
    Batch events = new Batch(2);
    events.add(0, 0, Op.HOST_TOUCH_SHARED, 3, 4);
    events.add(1, 0, Op.HOST_TOUCH_SHARED, 3, 4);
    OnFolios pages = new OnFolios(0, Guest.ofBytes(2 << 20), "touch.per_fault_ns = 1", true, true);
    assertThat(pages.run("snp", Trace.of(events))).containsEntry("total_ns", "4");
  }

  /**
   * A redundant conversion returns early: it unmaps nothing, asks for no reference, splits nothing.
   * By hand: with and without the second of each pair, the same two unmaps (1 ms each, and the
   * entries), one check, and what follows.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "in-place-wait",
        "in-place-lazy-split",
        "in-place-split",
        "in-place-range-split",
        "in-place-shattered"
      })
  void aRedundantConversionReturnsEarly(String strategy) {
    String costs =
        COSTS + "\nunmap.fixed_ns = 1000000\ncheck.fixed_ns = 1000000000\nsplit.fixed_ns = 7";
    OnFolios frame = new OnFolios(9, Guest.ofBytes(2 << 20), costs);
    Batch once = new Batch(2);
    once.add(0, 0, Op.HOST_TO_SHARED, 3, 100);
    once.add(1, 0, Op.HOST_TO_PRIVATE, 3, 100);
    Batch twice = new Batch(4);
    twice.add(0, 0, Op.HOST_TO_SHARED, 3, 100);
    twice.add(0, 0, Op.HOST_TO_SHARED, 3, 100);
    twice.add(1, 0, Op.HOST_TO_PRIVATE, 3, 100);
    twice.add(1, 0, Op.HOST_TO_PRIVATE, 3, 50);
    Map<String, String> expected = frame.run(strategy, Trace.of(once));
    assertThat(expected).containsEntry("unmap_count", "2").containsEntry("check_count", "1");
    assertThat(frame.run(strategy, Trace.of(twice)))
        .containsEntry("conversions", "4")
        .containsEntry("unmap_count", "2")
        .containsEntry("check_count", "1")
        .containsEntry("total_ns", expected.get("total_ns"));
  }

  /**
   * Two sides: the guest maps what is shared too, and by hand a page that is shared, used and used
   * again is one folio for the host, which brings its entry, and one entry for the guest.
   */
  @Test
  void onTwoSidesTheGuestMapsWhatIsSharedToo() {
    Batch events = new Batch(2);
    events.add(0, 0, Op.TO_SHARED, 3, 1);
    events.add(1, 0, Op.TOUCH_SHARED, 3, 1);
    OnFolios pages = new OnFolios(0, Guest.ofBytes(2 << 20), COSTS);
    assertThat(pages.run("eager-punch-hole", Trace.of(events))).containsEntry("total_ns", "1");
  }

  /** Shared and taken back as a whole it is one fault for the guest each time, not 512. */
  @Test
  void aRestoredFrameIsOneFault() {
    Batch events = new Batch(3);
    events.add(0, 0, Op.TO_SHARED, 0, 512);
    events.add(1, 0, Op.TO_PRIVATE, 0, 512);
    events.add(2, 0, Op.TOUCH_PRIVATE, 0, 512);
    assertThat(ONE_FRAME.run("in-place-split", Trace.of(events)))
        .containsEntry("total_ns", Long.toString(514 * 1_000_000 + 514));
    assertThat(ONE_FRAME.run("in-place-lazy-split", Trace.of(events)))
        .containsEntry("total_ns", Long.toString(3 * 1_000_000 + 3));
  }
}
