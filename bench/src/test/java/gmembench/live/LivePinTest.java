// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.backing.Memfd;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.guest.Canary;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.strategy.InPlaceWait;
import gmembench.strategy.Strategy;
import gmembench.trace.Batch;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins of this host's kernel, which end when the trace says so, also while somebody waits. */
@Tag("kernel")
class LivePinTest {
  private static final Guest GUEST = Guest.ofBytes(1 << 20);
  private static final long MS = 1_000_000;

  /** Page 7 is pinned from 0 to an end, and wanted back at 1 ms and when it has ended. */
  private static Map<String, String> run(long pinnedNs, long waitNs) {
    Batch events = new Batch(8);
    events.add(0, 0, Op.TO_SHARED, 7, 2);
    events.add(0, 0, Op.PIN, 7, 1);
    events.add(MS, 0, Op.TO_PRIVATE, 7, 2);
    events.add(pinnedNs, 0, Op.UNPIN, 7, 1);
    events.add(pinnedNs, 0, Op.TO_SHARED, 7, 2);
    events.add(pinnedNs, 0, Op.TO_PRIVATE, 7, 2);
    return run(Trace.of(events), new InPlaceWait(waitNs));
  }

  private static Map<String, String> run(Trace trace, Strategy strategy) {
    Workload workload =
        new Workload("w", "why", GUEST, new Workload.Recorded(Path.of("none")), null, 1, "");
    Block block = new Block(workload, new Memfd(), new Bitmap(), List.of(strategy));
    try (Memory memory = new Memfd().open(GUEST, true)) {
      LiveCell cell = new LiveCell(block, strategy, Subject.of(workload, trace), memory);
      cell.prepare(0);
      return cell.measure(1).metrics().written();
    }
  }

  /** What is left of it is waited for: 4 ms, however fast the replay is. */
  @Test
  void aShortPinIsWaitedFor() {
    Map<String, String> metrics = run(5 * MS, 60_000 * MS);
    assertThat(metrics)
        .containsEntry("conversions", "4")
        .containsEntry("pin_wait_count", "1")
        .doesNotContainKey("conversions_refused");
    assertThat(Long.parseLong(metrics.get("pin_wait_ns"))).isBetween(4 * MS, 60_000 * MS - 1);
  }

  /** The second conversion comes when the trace has dropped the pin, so nothing is in its way. */
  @Test
  void aLongPinRefusesOneConversion() {
    Map<String, String> metrics = run(600_000 * MS, 3 * MS);
    assertThat(metrics)
        .containsEntry("conversions", "3")
        .containsEntry("conversions_refused", "1")
        .containsEntry("pin_wait_count", "1");
    assertThat(Long.parseLong(metrics.get("pin_wait_ns"))).isGreaterThanOrEqualTo(3 * MS);
  }

  /** Page 7 is used by a device from 0 to 5 ms, and taken back with page 8 meanwhile. */
  private static Trace used() {
    Batch events = new Batch(4);
    events.add(0, 0, Op.TO_SHARED, 7, 2);
    events.add(0, 0, Op.PIN, 7, 1);
    events.add(MS, 0, Op.TO_PRIVATE, 7, 2);
    events.add(5 * MS, 0, Op.UNPIN, 7, 1);
    return Trace.of(events);
  }

  /** Who is exclusive waits for nobody: the page is held by the kernel, so the conversion fails. */
  @Test
  void anExclusivePinRefusesAtOnce() {
    assertThat(run(used(), Strategy.parse("in-place-wait:wait=60s:pins=exclusive")))
        .containsEntry("conversions", "1")
        .containsEntry("conversions_refused", "1")
        .containsEntry("pin_wait_count", "0");
  }

  /** A device that gets a copy holds nothing: 4096 bytes are copied, and nothing is refused. */
  @Test
  void whatIsBouncedIsNotPinned() {
    assertThat(run(used(), Strategy.parse("in-place-wait:wait=0ns:pins=bounce")))
        .containsEntry("conversions", "2")
        .containsEntry("bounced_bytes", "4096")
        .containsEntry("pin_wait_count", "0")
        .doesNotContainKey("conversions_refused");
  }

  /**
   * Copies are made for real: what was copied out is there again, whatever was written meanwhile.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCopyHoldsWhatThePageHeld(boolean inPlace) {
    try (Memory memory = new Memfd().open(GUEST, inPlace)) {
      memory.touch(7, 2, Side.SHARED);
      memory.apply(Verb.COPY, 7, 2, Side.SHARED);
      memory.touch(7, 1, Side.PRIVATE);
      memory.apply(Verb.COPY, 7, 2, Side.PRIVATE);
      assertThat(memory.read(7, Side.PRIVATE)).isEqualTo(Canary.of(7, Side.SHARED));
      assertThat(memory.read(8, Side.PRIVATE)).isEqualTo(Canary.of(8, Side.SHARED));
    }
  }

  /** What only a kernel could do is a row with its reason, and no kernel is asked. */
  @ParameterizedTest
  @CsvSource({
    "pins=migrate, no kernel does so to a memory file: pins=migrate",
    "pins=refuse-longterm, no kernel does so to a memory file: pins=refuse-longterm",
    "check=dma-pinned, 'of the model only, live the kernel decides: check=dma-pinned'",
    "two-phase=true:references=get, 'of the model only, live the kernel decides: references=get'"
  })
  void whatNoKernelDoesIsUnsupported(String option, String reason) {
    Strategy strategy = Strategy.parse("in-place-wait:" + option);
    Workload workload =
        new Workload("w", "why", GUEST, new Workload.Recorded(Path.of("none")), null, 1, "");
    Block block = new Block(workload, new Memfd(), new Bitmap(), List.of(strategy));
    assertThat(new Live(1, 0).whyNot(block, strategy)).isEqualTo(reason);
  }

  /**
   * The pin ends before the bound, about when it is reached, or after it, so that it may be chance
   * whether the conversion is refused; what is checked is what this replay did, not what the
   * audited one did.
   */
  @Test
  void aReplayMayRefuseOtherConversionsThanTheAuditedOne() {
    Batch events = new Batch(8);
    events.add(0, 0, Op.TO_SHARED, 7, 1);
    events.add(0, 0, Op.PIN, 7, 1);
    events.add(0, 0, Op.TO_PRIVATE, 7, 1);
    events.add(5 * MS, 0, Op.UNPIN, 7, 1);
    Trace trace = Trace.of(events);
    Set<String> seen = new TreeSet<>();
    for (int i = 0; i < 30; i++) {
      seen.add(run(trace, new InPlaceWait(MS * i / 3)).get("conversions"));
    }
    System.out.println("conversions done: " + seen);
    assertThat(seen).contains("1").isSubsetOf("1", "2");
  }
}
