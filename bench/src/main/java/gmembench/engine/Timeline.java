// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.result.Observation.MemoryPoint;
import gmembench.strategy.Converter;
import gmembench.tracker.PageMap;
import gmembench.workload.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Notes memory over a replay, at up to {@link #POINTS} conversions evenly apart. */
final class Timeline implements Converter {
  private static final int POINTS = 128;

  private final Converter converter;
  private final Ledger ledger;
  private final @Nullable ModelFolios folios;
  private final PageMap map;
  private final long stride;
  private final List<MemoryPoint> points = new ArrayList<>(POINTS + 2);
  private long conversion;
  private long next;
  private long highest;

  /**
   * @param folios of the model; live the kernel is not asked in the middle of a replay
   */
  Timeline(
      Converter converter,
      Ledger ledger,
      @Nullable ModelFolios folios,
      PageMap map,
      long conversions) {
    this.converter = converter;
    this.ledger = ledger;
    this.folios = folios;
    this.map = map;
    this.stride = conversions / POINTS + 1;
  }

  @Override
  public boolean convert(long gfn, long pages, Side to) {
    highest = Math.max(highest, ledger.doubleAllocatedBytes());
    if (conversion == next) {
      note();
      next += stride;
    }
    conversion++;
    return converter.convert(gfn, pages, to);
  }

  @Override
  public void idle(long ns) {
    converter.idle(ns);
  }

  @Override
  public void settle() {
    highest = Math.max(highest, ledger.doubleAllocatedBytes());
    converter.settle();
    note();
  }

  private void note() {
    points.add(
        new MemoryPoint(
            conversion,
            ledger.residentBytes(Side.PRIVATE),
            ledger.residentBytes(Side.SHARED),
            highest,
            map.bytes(),
            folios == null ? -1 : folios.vmemmapLostBytes(),
            folios == null ? -1 : folios.hugeMappedBytes(map)));
    highest = ledger.doubleAllocatedBytes();
  }

  /** What of the guest can be mapped huge: at first, at the least of the points, at the end. */
  @Override
  public void report(Map<String, String> metrics) {
    long least = points.stream().mapToLong(MemoryPoint::hugeMappedBytes).min().orElse(-1);
    if (least >= 0) {
      metrics.put("huge_mapped_start_bytes", bytes(points.getFirst()));
      metrics.put("huge_mapped_least_bytes", Long.toString(least));
      metrics.put("huge_mapped_end_bytes", bytes(points.getLast()));
    }
  }

  private static String bytes(MemoryPoint point) {
    return Long.toString(point.hugeMappedBytes());
  }

  List<MemoryPoint> points() {
    return points;
  }
}
