// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Plugins;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.guest.Guest;
import gmembench.result.Repetition;
import gmembench.strategy.InPlaceLazySplit;
import gmembench.strategy.InPlaceSplit;
import gmembench.strategy.InPlaceWait;
import gmembench.strategy.Strategy;
import gmembench.trace.Batch;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversions that meet pins of a known length, on the model. */
class PinWaitTest {
  private static final Guest GUEST = Guest.ofBytes(4 << 20);

  @TempDir Path folder;

  /** Page 7 is pinned from 0 to 900 us; its neighbour, page 8, converts at 100 us and 400 us. */
  private static Trace pinnedNeighbour() {
    Batch events = new Batch(8);
    events.add(0, 0, Op.TO_SHARED, 7, 2);
    events.add(0, 0, Op.PIN, 7, 1);
    events.add(100_000, 0, Op.TO_PRIVATE, 8, 1);
    events.add(400_000, 0, Op.TO_SHARED, 8, 1);
    events.add(400_000, 0, Op.TO_PRIVATE, 8, 1);
    events.add(900_000, 0, Op.UNPIN, 7, 1);
    events.add(950_000, 0, Op.TO_PRIVATE, 7, 1);
    return Trace.of(events);
  }

  private Map<String, String> run(Strategy strategy) throws IOException {
    StringBuilder costs = new StringBuilder("# Nothing costs anything.\n");
    for (String verb : List.of("touch", "unmap", "check", "split", "shatter", "merge")) {
      costs.append("[folios.").append(verb).append("]\nfixed_ns = 0\n");
    }
    costs.append("[folios.pin]\nfixed_ns = 0\n[folios.unpin]\nfixed_ns = 0\n");
    Model model = new Model(Costs.read(Files.writeString(folder.resolve("c.toml"), costs)));
    Trace trace = pinnedNeighbour();
    Workload workload = new Workload("w", "why", GUEST, new Workload.Recorded(folder), null, 1, "");
    Subject subject = Subject.of(workload, trace);
    Block block =
        new Block(
            workload,
            new NaiveFolios(9, true),
            Plugins.parse(Tracker.class, "bitmap"),
            List.of(strategy));
    Repetition o = model.replay(block, subject, strategy);
    assertThat(o.reason()).isEmpty();
    return o.metrics().written();
  }

  /** From 100 us to 900 us; after that the pin is gone, so nothing else waits. */
  @Test
  void aConversionWaitsJustUntilThePinEnds() throws IOException {
    assertThat(run(new InPlaceWait(1_000_000)))
        .containsEntry("pin_wait_count", "1")
        .containsEntry("pin_wait_ns", "800000")
        .containsEntry("total_ns", "800000")
        .doesNotContainKey("conversions_refused");
  }

  /** 100 to 400 us, and the guest's clock is then where the next conversion is: 400 to 700. */
  @Test
  void theBoundIsKeptAndThenRefused() throws IOException {
    assertThat(run(new InPlaceWait(300_000)))
        .containsEntry("pin_wait_count", "2")
        .containsEntry("pin_wait_ns", "600000")
        .containsEntry("conversions_refused", "2")
        .containsEntry("conversions", "3");
  }

  /** A waiting that reaches beyond the next event of the trace delays that: 600 to 900. */
  @Test
  void whatIsWaitedMovesTheGuestsClock() throws IOException {
    assertThat(run(new InPlaceWait(500_000)))
        .containsEntry("pin_wait_count", "2")
        .containsEntry("pin_wait_ns", "800000")
        .containsEntry("conversions_refused", "1");
  }

  @Test
  void aSplitFolioDoesNotWait() throws IOException {
    for (Strategy strategy : List.of(new InPlaceSplit(), new InPlaceLazySplit())) {
      assertThat(run(strategy))
          .doesNotContainKey("conversions_refused")
          .containsEntry("total_ns", "0")
          .containsEntry("vmemmap_lost_peak_bytes", Integer.toString(28 << 10))
          .containsEntry("vmemmap_lost_end_bytes", "0")
          .containsEntry("huge_mapped_start_bytes", Integer.toString(4 << 20))
          .containsEntry("huge_mapped_least_bytes", Integer.toString(2 << 20))
          .containsEntry("huge_mapped_end_bytes", Integer.toString(4 << 20));
    }
  }
}
