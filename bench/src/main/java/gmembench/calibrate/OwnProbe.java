// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.Ticks;
import gmembench.backing.Memory;
import gmembench.backing.Null;
import gmembench.backing.Verb;
import gmembench.engine.Block;
import gmembench.engine.Subject;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.live.LiveCell;
import gmembench.mm.Term;
import gmembench.pattern.BulkShare;
import gmembench.result.Declared;
import gmembench.result.Metrics;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;

/**
 * What a strategy itself takes for a conversion, and the harness around it: a live replay on no
 * kernel at all, less what its verbs would be measured to take by themselves. It is a percent of a
 * conversion that discards, but all of one that does not.
 */
final class OwnProbe implements AutoCloseable {
  private static final int[] SIZES = {1, 2, 4, 8, 512}; // as conversions are: few pages, or many;
  private static final long GUEST_BYTES = 64 << 20;
  private static final long CONVERSIONS = Ticks.here().repeat(20_000);
  private static final int EMPTY_VERBS = 1000;
  private static final long WARMUP_CONVERSIONS = Ticks.here().repeat(60_000);

  /** A strategy on ranges of a size, ready to be measured again and again. */
  private record Warm(Strategy strategy, int pages, Memory memory, LiveCell cell, List<Double> ns) {
    Point point() {
      String what = "conversions of " + pages;
      Map<Term, Double> counts = Map.of(Term.FIXED, 1.0, Term.PER_PAGE, (double) pages);
      return new Point(what, counts, Medians.of(ns), ns.size());
    }
  }

  private final List<Warm> all = new ArrayList<>();

  private OwnProbe() {}

  /** Warms up. */
  static OwnProbe open(List<Strategy> strategies) {
    OwnProbe probe = new OwnProbe();
    for (int pages : SIZES) {
      Workload workload = flips(pages);
      Subject subject = Subject.of(workload);
      for (Strategy strategy : strategies) {
        Block block = new Block(workload, new Null(), new Bitmap(), List.of(strategy));
        Memory memory = block.backing().open(workload.guest(), strategy.inPlace());
        LiveCell cell = new LiveCell(block, strategy, subject, memory);
        cell.prepare(WARMUP_CONVERSIONS);
        probe.all.add(new Warm(strategy, pages, memory, cell, new ArrayList<>()));
      }
    }
    return probe;
  }

  /** Measures everything once. */
  void round() {
    for (Warm warm : all) {
      Metrics metrics = warm.cell().measure(1).metrics();
      warm.ns().add(own(metrics, emptyNs(warm.memory())));
    }
  }

  /** What a figure of a verb that does nothing would be: a reading of the clock. */
  private static double emptyNs(Memory nothing) {
    long sum = 0;
    for (int i = 0; i < EMPTY_VERBS; i++) {
      sum += Probed.timed(nothing, Verb.TOUCH, 0, 1, Side.PRIVATE);
    }
    return (double) sum / EMPTY_VERBS;
  }

  /** The points of each section {@code strategy.NAME}. */
  Map<String, List<Point>> points() {
    Map<String, List<Point>> sections = new LinkedHashMap<>();
    for (Warm warm : all) {
      sections
          .computeIfAbsent("strategy." + warm.strategy().name(), s -> new ArrayList<>())
          .add(warm.point());
    }
    return sections;
  }

  @Override
  public void close() {
    all.forEach(warm -> warm.memory().close());
  }

  private static double own(Metrics metrics, double emptyNs) {
    double rest = metrics.number(Declared.TOTAL_NS);
    for (int verb = 0; verb < Verb.count(); verb++) {
      rest -= emptyNs * metrics.whole(Declared.VERB_COUNT.of(Verb.of(verb).text()));
    }
    return rest / metrics.number(Declared.CONVERSIONS);
  }

  /** Ranges of one size go there and back, one after the other. */
  private static Workload flips(int pages) {
    Guest guest = Guest.ofBytes(GUEST_BYTES);
    long rounds = Math.max(1, CONVERSIONS * pages / guest.pages() / 2);
    BulkShare pattern = new BulkShare((long) pages * 4096, 0, rounds, 1000);
    return new Workload(
        "flips-of-" + pages, "", guest, new Workload.Generated(pattern), null, 1, "");
  }
}
