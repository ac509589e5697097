// SPDX-License-Identifier: Apache-2.0
package gmembench.jmh;

import module java.base;

import gmembench.Units;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Metrics;
import gmembench.result.Repetition;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;

/**
 * What JMH measured as repetitions of cells: an iteration is one, and a method is a workload, its
 * name spelled with dashes and followed by the guest's size if that is a parameter.
 */
public final class MicroResults {
  private static final String ENGINE = "micro";
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private final Map<Cell, Integer> reps = new HashMap<>();
  private final Map<Cell, SharedState> states = new LinkedHashMap<>();

  /** The repetitions of one run of JMH; they are counted on from the runs before. */
  public List<Repetition> of(Collection<RunResult> runs) {
    List<Repetition> all = new ArrayList<>();
    for (RunResult run : runs) {
      for (BenchmarkResult fork : run.getBenchmarkResults()) {
        for (IterationResult iteration : fork.getIterationResults()) {
          add(all, run.getParams(), iteration);
        }
      }
    }
    return all;
  }

  private void add(List<Repetition> all, BenchmarkParams params, IterationResult iteration) {
    var more = iteration.getSecondaryResults();
    if (params.getThreadGroups().length == 1) {
      var allocated = more.get(ALLOCATED);
      double bytes = allocated == null ? Double.NaN : allocated.getScore();
      all.add(observation(params, "", iteration.getPrimaryResult().getScore(), bytes));
      return;
    }
    for (String method : params.getThreadGroupLabels()) {
      var score = more.get(method);
      if (score != null) {
        all.add(observation(params, method, score.getScore(), Double.NaN));
      }
    }
  }

  private Repetition observation(
      BenchmarkParams params, String method, double ns, double allocated) {
    String tracker = params.getParam("tracker");
    Cell cell = new Cell(ENGINE, workload(params, method), "", "", tracker, "");
    SharedState state =
        states.computeIfAbsent(cell, c -> SharedState.of(c.workload(), c.tracker()));
    Metrics metrics = new Metrics();
    metrics.put(Declared.NS_PER_OP, ns, 3);
    if (!Double.isNaN(allocated)) {
      metrics.put(Declared.ALLOC_BYTES_PER_OP, allocated, 3);
    }
    metrics.put(Declared.TRACKER_BYTES, state.bytes());
    metrics.put(Declared.TRACKER_KERNEL_BYTES, state.kernelBytes());
    metrics.put(Declared.STATE_HASH, Units.hex(state.hash()));
    int rep = reps.merge(cell, 1, Integer::sum);
    return Repetition.of(cell, rep, metrics, Map.of(), List.of());
  }

  /** {@code live-ranges} of {@code liveRanges}, {@code readers-4} of {@code readers4}. */
  static String workload(BenchmarkParams params) {
    String benchmark = params.getBenchmark();
    return benchmark
        .substring(benchmark.lastIndexOf('.') + 1)
        .replaceAll("([a-z])([A-Z0-9])", "$1-$2")
        .toLowerCase(Locale.ROOT);
  }

  private static String workload(BenchmarkParams params, String method) {
    String name = workload(params);
    if (params.getParamsKeys().contains("guest")) {
      name += "-" + params.getParam("guest");
    }
    return method.isEmpty() ? name : name + "-" + method.replaceFirst("\\d+$", "");
  }

  /** What the workloads so far are of, for env.csv. */
  public Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    states.forEach((cell, state) ->
        facts.put(
            "workload." + cell.workload() + ".guest_bytes",
            Long.toString(state.guestPages() * Units.PAGE_BYTES)));
    return facts;
  }
}
