// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import com.sun.management.ThreadMXBean;
import gmembench.Checkout;
import gmembench.Plugins;
import gmembench.backing.Memfd;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.strategy.Strategy;
import gmembench.trace.Batch;
import gmembench.trace.Trace;
import gmembench.tracker.Tracker;
import gmembench.workload.Workload;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a replay on the model allocates: as much for eight boots in a row as for one. */
class AllocationTest {
  private static final int BOOTS = 8;

  @ParameterizedTest
  @CsvSource({
    "snp, bitmap",
    "eager-punch-hole, bitmap",
    "eager-punch-hole, frame-map",
    "lazy-discard, frame-map"
  })
  void aConversionAllocatesNothing(String strategy, String tracker) {
    Workload workload = Checkout.workload("ovmf-boot");
    Block block =
        new Block(
            workload,
            new Memfd(),
            Plugins.parse(Tracker.class, tracker),
            List.of(Strategy.parse(strategy)));
    Subject one = Subject.of(workload, times(workload.trace(), 1));
    Subject many = Subject.of(workload, times(workload.trace(), BOOTS));
    long first = allocated(block, one);
    long more = allocated(block, many) - allocated(block, one);
    long conversions = (BOOTS - 1) * one.footprint().conversions();
    assertThat(conversions).isEqualTo((BOOTS - 1) * 10_002L);
    assertThat(more).as("of " + first).isLessThan(4096);
  }

  /** Bytes that one replay allocates, its opening and its metrics included. */
  private static long allocated(Block block, Subject subject) {
    Model model = new Model(Checkout.costs("snp-upm-2022"));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    model.replay(block, subject, block.strategies().getFirst());
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private static Trace times(Trace trace, int times) {
    Batch events = new Batch(200_000);
    long[] start = {0, 0};
    for (int i = 0; i < times; i++) {
      trace.forEach((atNs, vcpu, op, gfn, pages) -> {
        start[1] = start[0] + atNs;
        events.add(start[1], vcpu, op, gfn, pages);
      });
      start[0] = start[1];
    }
    return Trace.of(events);
  }
}
