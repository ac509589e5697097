// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import module java.base;

import gmembench.result.Declared;
import gmembench.result.Metrics;
import gmembench.result.Repetition;
import gmembench.strategy.Strategy;
import gmembench.tracker.PageMap;
import gmembench.workload.Workload;
import org.jspecify.annotations.Nullable;

/**
 * One repetition of every strategy of a block. A boot time is the published base plus what the
 * conversions cost above the snp strategy's in the same round, so it is known when the round is
 * over.
 */
public final class Round {
  private static final String FLOOR = "snp";

  private final Workload.@Nullable Boot boot;
  private final List<Repetition> done = new ArrayList<>();
  private @Nullable Long floorNs;

  public Round(Workload.@Nullable Boot boot) {
    this.boot = boot;
  }

  public void add(Strategy strategy, Repetition observation) {
    done.add(observation);
    if (strategy.name().equals(FLOOR) && observation.metrics().has(Declared.TOTAL_NS)) {
      floorNs = observation.metrics().whole(Declared.TOTAL_NS);
    }
  }

  /** Hands on what was added since it was called last. */
  public void finish(Consumer<Repetition> sink) {
    for (Repetition o : done) {
      sink.accept(floorNs == null || boot == null ? o : withBoot(o, boot.baseNs(), floorNs));
    }
    done.clear();
  }

  private static Repetition withBoot(Repetition o, long baseNs, long floorNs) {
    long aboveNs = o.metrics().whole(Declared.TOTAL_NS) - floorNs;
    BigDecimal bootS =
        BigDecimal.valueOf(baseNs, 9).add(BigDecimal.valueOf(aboveNs, 9)).stripTrailingZeros();
    Metrics metrics = o.metrics().with(Declared.TOTAL_NS, Declared.BOOT_S, bootS);
    return o.with(metrics);
  }

  public static void reportMap(Metrics metrics, PageMap map) {
    reportMaps(metrics, List.of(map));
  }

  /** Maps of several VMs, which are in the same state. */
  public static void reportMaps(Metrics metrics, List<PageMap> maps) {
    metrics.put(Declared.TRACKER_BYTES, maps.stream().mapToLong(PageMap::bytes).sum());
    metrics.put(Declared.TRACKER_KERNEL_BYTES, maps.stream().mapToLong(PageMap::kernelBytes).sum());
    metrics.put(Declared.STATE_HASH, "0x" + Long.toHexString(maps.getFirst().hash()));
  }
}
