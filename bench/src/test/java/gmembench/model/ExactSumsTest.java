// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.Checkout;
import gmembench.InputException;
import gmembench.backing.Memfd;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.engine.Clock;
import gmembench.engine.Subject;
import gmembench.guest.Side;
import gmembench.mm.Counts;
import gmembench.mm.Sum;
import gmembench.mm.Term;
import gmembench.result.Metric;
import gmembench.result.Metrics;
import gmembench.result.Repetition;
import gmembench.result.Repetition.Status;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.Strategy;
import gmembench.trace.Batch;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No sum of the model wraps: what is too much is refused, by its line or as a failed cell. */
class ExactSumsTest {
  private static final long HOUR_NS = 3_600_000_000_000L;

  private static Costs costs(String discard) {
    return Costs.of(
        "big", "# Why.\ncpus = 1\n[memfd.touch]\nfixed_ns = 0\n[memfd.discard]\n" + discard + "\n");
  }

  private static Repetition run(Costs costs) {
    Block block =
        new Block(
            Checkout.workload("ovmf-boot"),
            new Memfd(),
            new Bitmap(),
            List.of(new EagerPunchHole()));
    List<Repetition> all = new ArrayList<>();
    new Model(costs).run(block, all::add);
    return all.getFirst();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fixed_ns = 3_600_000_000_001",
        "fixed_ns = 1\nper_page_ns = 4_611_686_018_427_387_904",
        "fixed_ns = 1\n[tracker.bitmap]\nnode_ns = 9_223_372_036_854_775_807",
        "fixed_ns = 1\n[strategy.snp]\nper_page_ns = 3_600_000_000_001",
      })
  void aCostOfMoreThanAnHourIsRefusedByItsLine(String discard) {
    assertThatThrownBy(() -> costs(discard))
        .isInstanceOf(InputException.class)
        .hasMessageMatching("big.toml:\\d+: .*_ns = \\d+, expected at most an hour, 3600000000000");
  }

  /** 10,002 discards of one hour each are 3.6e16 ns, 417 days. */
  @Test
  void whatFitsIsExactAndItsPercentilesAreNotCut() {
    Metrics metrics = run(costs("fixed_ns = " + HOUR_NS)).metrics();
    assertThat(metrics.written(Metric.named("total_ns"))).isEqualTo("" + 10_002 * HOUR_NS);
    assertThat(metrics.number(Metric.named("convert_p50_ns"))).isBetween(3.6e12, 3.61e12);
    Metrics pages = run(costs("fixed_ns = 0\nper_page_ns = " + HOUR_NS)).metrics();
    assertThat(pages.number(Metric.named("convert_max_ns"))).isGreaterThan(8 * 3.6e12);
  }

  /** An hour a page of 64 TiB is 2^34 * 2^41.7 ns. */
  @Test
  void whatDoesNotFitFails() {
    Counts counts = new Counts();
    counts.set(Term.PER_PAGE, 1L << 34);
    Sum perPage = new Sum(Map.of(Term.PER_PAGE, HOUR_NS));
    assertThatThrownBy(() -> perPage.ns(counts)).isInstanceOf(ArithmeticException.class);
    Cost cost =
        costs("fixed_ns = 1\nper_page_ns = " + HOUR_NS).cost("memfd", Verb.DISCARD, Side.PRIVATE);
    assertThatThrownBy(() -> Charge.of(cost, Verb.DISCARD, 1, 0, false).ns(1L << 34))
        .isInstanceOf(ArithmeticException.class);
    Clock.Virtual clock = new Clock.Virtual(1, 1);
    clock.advance(Long.MAX_VALUE);
    assertThatThrownBy(() -> clock.advance(1)).isInstanceOf(ArithmeticException.class);
    ModelLock lock = new ModelLock();
    lock.hold(0, 0, Long.MAX_VALUE, true);
    assertThatThrownBy(() -> lock.hold(0, 0, 1, true)).isInstanceOf(ArithmeticException.class);
  }

  /** Two vCPUs at 2^62 ns each: neither clock is full, but the work of both is 2^63. */
  @Test
  void theWorkOfAllIsASumToo() {
    Clock.Virtual clock = new Clock.Virtual(1, 2);
    clock.start();
    clock.advance(1L << 62);
    clock.turn(1, 0);
    clock.advance((1L << 62) - 1);
    assertThat(clock.workNs(0, 0)).isEqualTo(Long.MAX_VALUE);
    clock.advance(1);
    assertThatThrownBy(() -> clock.workNs(0, 0)).isInstanceOf(ArithmeticException.class);
  }

  /** Ten times both ways, 2^18 pages each at an hour a page: 5 million hours, 2^63 ns are half. */
  @Test
  void aReplayThatGoesBeyondIsAFailedCell() {
    Workload workload = Checkout.workload("ovmf-boot");
    Batch flips = new Batch(20);
    for (int i = 0; i < 20; i++) {
      flips.add(i, 0, i % 2 == 0 ? Op.TO_SHARED : Op.TO_PRIVATE, 0, workload.guest().pages());
    }
    Strategy eager = new EagerPunchHole();
    Block block = new Block(workload, new Memfd(), new Bitmap(), List.of(eager));
    Subject subject = Subject.of(workload, Trace.of(flips));
    Repetition r =
        new Model(costs("fixed_ns = 0\nper_page_ns = " + HOUR_NS)).observe(block, subject, eager);
    assertThat(r.status()).isEqualTo(Status.FAILED);
    assertThat(r.reason()).isEqualTo("a sum is above 2^63: big costs too much for this");
  }
}
