// SPDX-License-Identifier: Apache-2.0
package gmembench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Checkout;
import gmembench.Plugins;
import gmembench.guest.Side;
import gmembench.model.Costs;
import gmembench.tracker.PageMap;
import gmembench.tracker.Tracker;
import gmembench.tracker.XArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The costs of a tracker's steps in the shipped profiles are those of results/trackers: what a
 * conversion takes in four lists, fitted to a call, and the nodes and entries that it visits and
 * writes there.
 */
class TrackerFitTest {
  private static final List<String> LISTS =
      List.of("ovmf-boot", "live-ranges", "bulk-share", "alternating-pages");

  /** Steps of a conversion, in the mean of a pass. */
  private record Point(double nodes, double entries, double ns) {}

  @ParameterizedTest
  @ValueSource(strings = {"bitmap", "frame-map", "maple", "roaring", "xarray", "xarray-range"})
  void stepsAreWhatMicroMeasured(String tracker) throws IOException {
    Map<String, List<Double>> measured = measured(tracker);
    Tracker plugin =
        tracker.equals("xarray")
            ? new XArray(Side.SHARED, XArray.Reserve.ALL) // as it was when it was measured
            : Plugins.parse(Tracker.class, tracker);
    List<Point> points = LISTS.stream().map(list -> point(plugin, list, measured)).toList();
    long[] fit = fit(points);
    Costs.Step step = Checkout.costs("memslots").step(tracker);
    assertThat(step)
        .as(tracker + " " + points)
        .isEqualTo(new Costs.Step(fit[0], fit[1], fit[2], 0, 0, 0));
    assertThat(Checkout.costs("threads").step(tracker)).isEqualTo(step);
  }

  private static Point point(Tracker tracker, String list, Map<String, List<Double>> measured) {
    Conversions all = Conversions.named(list);
    PageMap map = all.open(tracker);
    all.play(map);
    long nodes = map.nodeSteps();
    long entries = map.entrySteps();
    all.play(map);
    double count = all.size();
    return new Point(
        (map.nodeSteps() - nodes) / count,
        (map.entrySteps() - entries) / count,
        median(measured, list));
  }

  /** Whole ns of 0 or more with the least squares of relative errors: a call, a node, an entry. */
  private static long[] fit(List<Point> points) {
    long[] best = new long[3];
    double least = Double.MAX_VALUE;
    for (long call = 0; call <= 60; call++) {
      for (long node = 0; node <= 60; node++) {
        for (long entry = 0; entry <= 60; entry++) {
          double sum = 0;
          for (Point p : points) {
            double error = (call + node * p.nodes + entry * p.entries) / p.ns - 1;
            sum += error * error;
          }
          if (sum < least) {
            least = sum;
            best = new long[] {call, node, entry};
          }
        }
      }
    }
    return best;
  }

  private static double median(Map<String, List<Double>> measured, String workload) {
    List<Double> sorted = measured.getOrDefault(workload, List.of()).stream().sorted().toList();
    int n = sorted.size();
    return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
  }

  private static Map<String, List<Double>> measured(String tracker) throws IOException {
    Map<String, List<Double>> all = new HashMap<>();
    String folder = "epyc-6.18-2cpu" + (tracker.equals("frame-map") ? "-frame-map" : "");
    Path samples = Checkout.path("results/trackers/" + folder + "/samples.csv");
    for (String line : Files.readAllLines(samples)) {
      String[] cells = line.split(",", -1);
      if (cells[5].equals(tracker) && cells[10].equals("ns_per_op")) {
        all.computeIfAbsent(cells[2], w -> new ArrayList<>()).add(Double.valueOf(cells[11]));
      }
    }
    return all;
  }
}
