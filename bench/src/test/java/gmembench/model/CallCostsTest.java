// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.backing.Memfd;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.guest.Guest;
import gmembench.strategy.EagerPunchHole;
import gmembench.trace.Batch;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is charged by where a call is done, not by what it does. */
class CallCostsTest {
  private static final Costs COSTS =
      Costs.of(
          "calls",
          """
          # Why.
          [memfd.touch]
          fixed_ns = 0
          [memfd.discard]
          fixed_ns = 1
          once_several_ns = 20
          per_frame_ns = 300
          """);

  /** A frame is 512 pages: 511 ends the first, 512 begins the second. */
  @ParameterizedTest
  @CsvSource({
    "5, 1, 301",
    "511, 1, 301",
    "512, 1, 301",
    "510, 2, 321",
    "512, 512, 321",
    "511, 2, 621",
    "0, 513, 621",
    "511, 514, 921"
  })
  void aCallPaysForItsFramesAndForBeingOfSeveralPages(long gfn, long pages, String expectedNs) {
    Batch events = new Batch(1);
    events.add(0, 0, Op.TO_SHARED, gfn, pages);
    Workload workload =
        new Workload(
            "w",
            "why",
            Guest.ofBytes(8 << 20),
            new Workload.Recorded(Path.of("t.csv")),
            null,
            1,
            "");
    EagerPunchHole eager = new EagerPunchHole();
    Block block = new Block(workload, new Memfd(), new Bitmap(), List.of(eager));
    Subject subject = Subject.of(workload, Trace.of(events));
    assertThat(new Model(COSTS).replay(block, subject, eager).metrics().written())
        .containsEntry("discard_total_ns", expectedNs);
  }
}
