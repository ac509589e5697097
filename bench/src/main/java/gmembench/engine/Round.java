// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.result.Observation;
import gmembench.strategy.Strategy;
import gmembench.tracker.PageMap;
import gmembench.workload.Workload;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One repetition of every strategy of a block. A boot time is the published base plus what the
 * conversions cost above the snp strategy's in the same round, so it is known when the round is
 * over.
 */
public final class Round {
  private static final String FLOOR = "snp";

  private final Workload.@Nullable Boot boot;
  private final List<Observation> done = new ArrayList<>();
  private @Nullable Long floorNs;

  public Round(Workload.@Nullable Boot boot) {
    this.boot = boot;
  }

  public void add(Strategy strategy, Observation observation) {
    done.add(observation);
    String total = observation.metrics().get("total_ns");
    if (strategy.name().equals(FLOOR) && total != null) {
      floorNs = Long.valueOf(total);
    }
  }

  public void finish(Consumer<Observation> sink) {
    for (Observation o : done) {
      sink.accept(floorNs == null || boot == null ? o : withBoot(o, boot.baseNs() - floorNs));
    }
  }

  private static Observation withBoot(Observation o, long restNs) {
    Map<String, String> metrics = new LinkedHashMap<>();
    for (Map.Entry<String, String> metric : o.metrics().entrySet()) {
      metrics.put(metric.getKey(), metric.getValue());
      if (metric.getKey().equals("total_ns")) {
        long ns = restNs + Long.parseLong(metric.getValue());
        metrics.put("boot_s", BigDecimal.valueOf(ns, 9).stripTrailingZeros().toPlainString());
      }
    }
    return new Observation(
        o.cell(), o.rep(), o.status(), o.reason(), metrics, o.latencies(), o.timeline());
  }

  public static void reportMap(Map<String, String> metrics, PageMap map) {
    reportMaps(metrics, List.of(map));
  }

  /** Maps of several VMs, which are in the same state. */
  public static void reportMaps(Map<String, String> metrics, List<PageMap> maps) {
    metrics.put("tracker_bytes", Long.toString(maps.stream().mapToLong(PageMap::bytes).sum()));
    metrics.put(
        "tracker_kernel_bytes", Long.toString(maps.stream().mapToLong(PageMap::kernelBytes).sum()));
    metrics.put("state_hash", "0x" + Long.toHexString(maps.getFirst().hash()));
  }
}
