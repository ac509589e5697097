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
 * kernel at all, less what its verbs took. It is a percent of a conversion that discards, but all
 * of one that does not.
 */
final class OwnProbe implements AutoCloseable {
  private static final int[] SIZES = {1, 4, 16, 128, 512};
  private static final long GUEST_BYTES = 64 << 20;
  private static final long CONVERSIONS = Ticks.here().repeat(20_000);
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
    all.forEach(warm -> warm.ns().add(own(warm.cell().measure(1).metrics())));
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

  private static double own(Metrics metrics) {
    double rest = metrics.number(Declared.TOTAL_NS);
    for (int verb = 0; verb < Verb.count(); verb++) {
      rest -= metrics.whole(Declared.VERB_TOTAL_NS.of(Verb.of(verb).text()));
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
