// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import module java.base;

import gmembench.guest.Side;
import gmembench.mm.Ledger;
import gmembench.mm.ModelFolios;
import gmembench.result.Declared;
import gmembench.result.Metric;
import gmembench.result.Metrics;
import gmembench.result.Repetition.MemoryPoint;
import gmembench.strategy.AroundConverter;
import gmembench.strategy.Converter;
import gmembench.tracker.PageMap;
import org.jspecify.annotations.Nullable;

/** Notes memory over a replay, at up to {@link #POINTS} conversions evenly apart. */
public final class Timeline implements AroundConverter {
  private static final int POINTS = 128;

  private final Converter converter;
  private final Ledger ledger;
  private final @Nullable ModelFolios folios;
  private final PageMap map;
  private final long stride;
  private final List<MemoryPoint> points = new ArrayList<>(POINTS + 2);
  private final Course huge = new Course(Declared.HUGE_MAPPED_BYTES);
  private final Course gibs = new Course(Declared.HUGE_MAPPED_1G_BYTES);
  private long conversion;
  private long next;
  private long highest;

  /**
   * @param folios of the model; live the kernel is not asked in the middle of a replay
   */
  public Timeline(
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
  public Converter converter() {
    return converter;
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
  public void settle() {
    highest = Math.max(highest, ledger.doubleAllocatedBytes());
    converter.settle();
    note();
  }

  private void note() {
    long hugeMapped = folios == null ? -1 : folios.hugeMappedBytes(map);
    huge.note(hugeMapped);
    gibs.note(folios == null ? -1 : folios.gibMappedBytes(map));
    points.add(
        new MemoryPoint(
            conversion,
            ledger.residentBytes(Side.PRIVATE),
            ledger.residentBytes(Side.SHARED),
            highest,
            map.bytes(),
            folios == null ? -1 : folios.vmemmapLostBytes(),
            hugeMapped));
    highest = ledger.doubleAllocatedBytes();
  }

  /** Bytes at first, at the least of the points, at the end; nothing if none are known. */
  private static final class Course {
    private final Metric.Family metric;
    private long start = -1;
    private long least = Long.MAX_VALUE;
    private long end;

    Course(Metric.Family metric) {
      this.metric = metric;
    }

    void note(long bytes) {
      start = start < 0 ? bytes : start;
      least = Math.min(least, bytes);
      end = bytes;
    }

    void report(Metrics metrics) {
      if (start >= 0) {
        metrics.put(metric.of("start"), start);
        metrics.put(metric.of("least"), least);
        metrics.put(metric.of("end"), end);
      }
    }
  }

  /** What of the guest can be mapped huge, and by entries of 1G. */
  @Override
  public void report(Metrics metrics) {
    huge.report(metrics);
    gibs.report(metrics);
  }

  public List<MemoryPoint> points() {
    return points;
  }
}
