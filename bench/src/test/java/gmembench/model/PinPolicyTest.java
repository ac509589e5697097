// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.InputException;
import gmembench.guest.Guest;
import gmembench.strategy.Strategy;
import gmembench.trace.Batch;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole shared 2M folio, of which one page is pinned while another goes back. */
class PinPolicyTest {
  private static final OnFolios TWO_FRAMES =
      new OnFolios(9, Guest.ofBytes(4 << 20), "pin.fixed_ns = 7\ncopy.per_page_ns = 100");

  private static Trace trace() {
    Batch events = new Batch(6);
    events.add(0, 0, Op.TO_SHARED, 0, 512);
    events.add(10_000, 0, Op.PIN, 5, 2);
    events.add(20_000, 0, Op.TO_PRIVATE, 9, 1);
    events.add(900_000, 0, Op.UNPIN, 5, 2);
    events.add(1_000_000, 0, Op.TO_PRIVATE, 9, 1);
    events.add(1_100_000, 0, Op.TO_PRIVATE, 0, 512);
    return Trace.of(events);
  }

  private static Map<String, String> run(String strategy) {
    return TWO_FRAMES.run(strategy, trace());
  }

  /**
   * By hand: the pin lasts from 10 to 900 us and the conversion comes at 20 us, so who waits waits
   * 880 us; who may not split the pinned folio is refused once; who had 4K folios before, or has no
   * pin of the memory, converts at once.
   */
  @ParameterizedTest
  @CsvSource({
    "in-place-wait, 880000, 0",
    "in-place-wait:pins=wait, 880000, 0",
    "in-place-wait:pins=exclusive, 0, 1",
    "in-place-lazy-split, 0, 1",
    "in-place-lazy-split:levels=1g-4k, 0, 1",
    "in-place-split, 0, 0",
    "in-place-range-split, 0, 0",
    "in-place-shattered, 0, 0",
    "in-place-shattered:pins=exclusive, 0, 0",
    "in-place-lazy-split:pins=refuse-longterm, 0, 0",
    "in-place-wait:pins=bounce, 0, 0",
    "in-place-lazy-split:pins=migrate, 0, 0"
  })
  void aPinRefusesOrHoldsUpTheConversion(String strategy, long waitedNs, long refused) {
    Map<String, String> found = run(strategy);
    assertThat(found.getOrDefault("pin_wait_ns", "0")).isEqualTo(Long.toString(waitedNs));
    assertThat(found.getOrDefault("conversions_refused", "0")).isEqualTo(Long.toString(refused));
    assertThat(found.getOrDefault("pin_wait_count", "0")).isEqualTo(waitedNs > 0 ? "1" : "0");
  }

  /** Two pages are copied, 200 ns; the call is made where there is one, 7 ns. */
  @Test
  void whatIsNotPinnedIsCopied() {
    assertThat(run("in-place-wait:pins=refuse-longterm"))
        .containsEntry("pins_refused", "1")
        .containsEntry("bounced_bytes", "8192")
        .containsEntry("total_ns", "207");
    assertThat(run("in-place-wait:pins=bounce"))
        .containsEntry("pins_refused", "0")
        .containsEntry("bounced_bytes", "8192")
        .containsEntry("total_ns", "200");
    assertThat(run("in-place-wait:pins=migrate"))
        .containsEntry("migrated_peak_bytes", "8192")
        .doesNotContainKey("bounced_bytes")
        .containsEntry("total_ns", "407");
  }

  /**
   * vCPU 0 waits from 20 to 900 us; vCPU 1 touches page 100 of that folio at 30 us, and once more
   * at 40 us. It faults the first time and waits 870 us; when it touches the second time it is 900
   * us for it. Page 600 is of another folio.
   */
  @Test
  void aFaultWaitsForTheConversionThatWaits() {
    Batch events = new Batch(7);
    events.add(0, 0, Op.TO_SHARED, 0, 1024);
    events.add(10_000, 0, Op.PIN, 5, 1);
    events.add(20_000, 0, Op.TO_PRIVATE, 9, 1);
    events.add(25_000, 1, Op.TOUCH_SHARED, 600, 1);
    events.add(30_000, 1, Op.TOUCH_SHARED, 100, 1);
    events.add(40_000, 1, Op.TOUCH_SHARED, 101, 1);
    events.add(900_000, 0, Op.UNPIN, 5, 1);
    Guest guest = new Guest(1024, 2);
    Map<String, String> found = new OnFolios(9, guest, "").run("in-place-wait", Trace.of(events));
    assertThat(found)
        .containsEntry("fault_wait_count", "1")
        .containsEntry("fault_wait_ns", "870000")
        .containsEntry("touch_total_ns", "870000")
        .containsEntry("work_ns", Integer.toString(880_000 + 870_000));
  }

  @Test
  void optionsAreOfWhatConvertsInPlace() {
    assertThat(Strategy.parse("in-place-split:pins=bounce:large-mappings=false").label())
        .isEqualTo("in-place-split:large-mappings=false:pins=bounce");
    assertThat(Strategy.parse("in-place-split:large-mappings=true:pins=wait").label())
        .isEqualTo("in-place-split");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "in-place-split:pins=never | one of wait, refuse-longterm, bounce, migrate, exclusive",
        "eager-punch-hole:pins=bounce | has no option of memory in place",
        "eager-punch-hole:large-mappings=false | has no option of memory in place",
        "in-place-split:large-mappings=no | true or false"
      })
  void badOptionsAreRefused(String line) {
    String[] parts = line.split(" \\| ", -1);
    assertThatThrownBy(() -> Strategy.parse(parts[0]))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(parts[1]);
  }
}
