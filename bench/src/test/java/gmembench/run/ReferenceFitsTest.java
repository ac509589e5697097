// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Plugins;
import gmembench.Units;
import gmembench.backing.Backing;
import gmembench.calibrate.Fitted;
import gmembench.calibrate.Point;
import gmembench.engine.Block;
import gmembench.mm.Term;
import gmembench.model.Costs;
import gmembench.model.Model;
import gmembench.result.Repetition;
import gmembench.result.Samples;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.workload.Workload;
import org.apache.commons.statistics.descriptive.Median;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Profiles that say they are fitted to results which are here: fitted again. */
class ReferenceFitsTest {
  private static final String BOUND = "guest-memfd-bound";

  private static final Samples BINDINGS = samples("bindings");
  private static final Samples MEMSLOTS = samples("memslots");

  private static Samples samples(String suite) {
    return Samples.read(Checkout.path("results/" + suite + "/epyc-6.18-2cpu"));
  }

  private static Costs costs(String name) {
    return Checkout.costs(name);
  }

  private static double median(
      Samples samples,
      String engine,
      String workload,
      String strategy,
      String backing,
      ToDoubleFunction<Repetition> of) {
    String label = Plugins.parse(Backing.class, backing).label();
    double[] values =
        samples.entries().stream()
            .filter(e -> e.cell().engine().equals(engine) && e.cell().workload().equals(workload))
            .filter(e -> e.cell().strategy().equals(strategy) && e.cell().backing().equals(label))
            .mapToDouble(of)
            .toArray();
    assertThat(values).as(engine + " " + strategy + " " + backing).isNotEmpty();
    return Median.withDefaults().evaluate(values);
  }

  private static ToDoubleFunction<Repetition> mean(String verb) {
    return e -> e.number(verb + "_total_ns") / e.number(verb + "_count");
  }

  private static void isFitted(Costs costs, String key, double ns) {
    assertThat((double) costs.value(BOUND + "." + key)).as(key).isCloseTo(ns, Offset.offset(0.51));
  }

  @Test
  void bindings() {
    double most = punch("4KiB");
    double one = punch("256KiB:spare=4032"); // as many slots in all
    isFitted(costs("memslots"), "discard.private.per_binding_ns", (most - one) / 63);
  }

  private static double punch(String slot) {
    String backing = BOUND + ":slot=" + slot;
    return median(BINDINGS, "live", "bindings", "no-shared-discard", backing, mean("discard"));
  }

  @Test
  void hotPages() {
    isFitted(costs("memslots"), "rebind.per_hot_page_ns", (refault(4096) - refault(16)) / 4080);
  }

  private static double refault(int pages) {
    String backing = BOUND + ":guest=port:hot-pages=" + pages;
    return median(
        MEMSLOTS, "live", "memslot-flips-small", "memslot-punch", backing, mean("refault"));
  }

  /** A conversion sets four slots, of all frames in one direction and of two more in the other. */
  @Test
  void slotOperations() {
    List<Point> points = new ArrayList<>();
    points.add(slots("memslot-flips-small", "", 64L << 20));
    for (String slot : List.of("64KiB", "1MiB", "16MiB")) {
      points.add(slots("memslot-flips-small", ":slot=" + slot, Units.bytes(slot, "")));
    }
    for (String slot : List.of("2MiB", "16MiB", "64MiB", "512MiB", "1GiB", "8GiB")) {
      points.add(slots("memslot-flips", ":slot=" + slot, Units.bytes(slot, "")));
    }
    Fitted fitted = Fitted.to(points);
    isFitted(costs("memslots"), "rebind.fixed_ns", fitted.ns().getOrDefault(Term.FIXED, 0L));
    isFitted(costs("memslots"), "rebind.per_frame_ns", fitted.ns().getOrDefault(Term.PER_PAGE, 0L));
  }

  private static Point slots(String workload, String slot, long bytes) {
    double frames = Math.max(1, bytes >> 21) + 1;
    double ns = median(MEMSLOTS, "live", workload, "memslot-punch", BOUND + slot, mean("rebind"));
    return new Point(slot, Map.of(Term.FIXED, 4.0, Term.PER_PAGE, frames), ns);
  }

  /** Two threads take on the model what they took live. */
  @Test
  void threads() {
    Samples live = samples("threads");
    for (String backing : List.of("memfd", "guest-memfd", BOUND + ":slot=16MiB")) {
      twoThreads(live, "eager-punch-hole", backing);
    }
    twoThreads(live, "memslot-punch", BOUND + ":slot=16MiB");
  }

  private static void twoThreads(Samples live, String strategy, String backing) {
    String name = "concurrent-disjoint";
    double measured =
        median(live, "live:threads=2", name, strategy, backing, e -> e.number("total_ns"));
    Workload workload = Checkout.workload(name);
    List<Repetition> found = new ArrayList<>();
    new Model(costs("threads"), 2)
        .run(
            new Block(
                workload,
                Plugins.parse(Backing.class, backing),
                new Bitmap(),
                List.of(Plugins.parse(Strategy.class, strategy))),
            found::add);
    double modelled = Double.parseDouble(found.getFirst().metrics().written().get("total_ns"));
    assertThat(modelled / measured).as(strategy + " " + backing).isCloseTo(1, Offset.offset(0.002));
  }
}
