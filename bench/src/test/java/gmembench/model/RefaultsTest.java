// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;

import gmembench.guest.Guest;
import gmembench.trace.Batch;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
   * By hand: KVM's one entry of 1G is dropped. The host faults page 7; the guest faults 511 pages
   * of 4K in the mixed frame, and the 511 other frames by 2M: their folios are of 2M, or KVM knows
   * that they were. If it does not, all of what was shattered is 262,143 faults.
   */
  @ParameterizedTest
  @CsvSource({
    "in-place-lazy-split, 1023",
    "in-place-lazy-split:large-mappings=false, 1023",
    "in-place-range-split, 1023",
    "in-place-lazy-split:levels=1g-4k, 1023",
    "in-place-lazy-split:levels=1g-4k:large-mappings=false, 262144",
    "in-place-split, 1023",
    "in-place-split:large-mappings=false, 262144",
    "in-place-wait, 1023"
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
        .containsEntry("total_ns", Long.toString(1_000_000 + 1023))
        .containsEntry("vmemmap_lost_end_bytes", Integer.toString((16 << 20) - (4 << 10)))
        .containsEntry("huge_mapped_end_bytes", Integer.toString(511 << 21));
    assertThat(ONE_GIB.run("in-place-shattered:large-mappings=false", private4k()))
        .containsEntry("total_ns", Long.toString(1 + 262_143))
        .containsEntry("huge_mapped_end_bytes", "0");
  }

  /**
   * By hand: KVM's entry of 1G is dropped, then the host's, which was one fault where the folio was
   * whole; the guest faults page 7; the host faults 511 of 4K and 511 of 2M, or all by 4K, since it
   * maps folios as they are. If the host has entries of 4K only, it is 262,144 faults for it at
   * first, and 262,143 after the split. All of 1G was 4K folios for the host before with the first
   * and the last two, and page 7 is one entry of them.
   */
  @ParameterizedTest
  @CsvSource({
    "in-place-lazy-split, 2, 1024",
    "in-place-lazy-split:levels=1g-4k, 2, 262145",
    "in-place-lazy-split:large-host-mappings=false, 2, 524288",
    "in-place-wait, 2, 1024",
    "in-place-split, 2, 262145",
    "in-place-range-split, 2, 262145",
    "in-place-shattered, 2, 262145"
  })
  void theHostFaultsTheRestOfASharedFolio(String strategy, long drops, long faults) {
    assertThat(ONE_GIB.run(strategy, shared4k()))
        .containsEntry("total_ns", Long.toString(drops * 1_000_000 + faults));
  }

  /**
   * A 2M frame is shared by 4K and comes back by 4K, 512 pieces each way, and all of it is used
   * then. By hand, going: KVM's entry of 2M is dropped and the host faults 512; what is left nobody
   * uses. Coming: the host's 512 entries are dropped; the guest faults each piece as it comes, the
   * last by one entry of 2M in the place of 511. Lazily the folio is whole when all is shared, the
   * host's last fault makes one entry of 2M, and the first piece that comes drops that for all.
   */
  @ParameterizedTest
  @CsvSource({"in-place-split, 513", "in-place-range-split, 513", "in-place-lazy-split, 2"})
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
        .containsEntry("total_ns", Long.toString(drops * 1_000_000 + 512 + 512))
        .containsEntry("huge_mapped_end_bytes", Integer.toString(2 << 20));
  }

  /** Shared and taken back as a whole it is one fault for the guest, not 512. */
  @Test
  void aRestoredFrameIsOneFault() {
    Batch events = new Batch(3);
    events.add(0, 0, Op.TO_SHARED, 0, 512);
    events.add(1, 0, Op.TO_PRIVATE, 0, 512);
    events.add(2, 0, Op.TOUCH_PRIVATE, 0, 512);
    assertThat(ONE_FRAME.run("in-place-split", Trace.of(events)))
        .containsEntry("total_ns", Long.toString(513 * 1_000_000 + 513));
    assertThat(ONE_FRAME.run("in-place-lazy-split", Trace.of(events)))
        .containsEntry("total_ns", Long.toString(2 * 1_000_000 + 2));
  }
}
