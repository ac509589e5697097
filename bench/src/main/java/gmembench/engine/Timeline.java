// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.result.Observation.MemoryPoint;
import gmembench.strategy.Converter;
import gmembench.tracker.PageMap;
import gmembench.workload.Side;
import java.util.ArrayList;
import java.util.List;

/** Notes memory over a replay, at up to {@link #POINTS} conversions evenly apart. */
final class Timeline implements Converter {
  private static final int POINTS = 128;

  private final Converter converter;
  private final Ledger ledger;
  private final PageMap map;
  private final long stride;
  private final List<MemoryPoint> points = new ArrayList<>(POINTS + 2);
  private long conversion;
  private long next;
  private long highest;

  Timeline(Converter converter, Ledger ledger, PageMap map, long conversions) {
    this.converter = converter;
    this.ledger = ledger;
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
            map.bytes()));
    highest = ledger.doubleAllocatedBytes();
  }

  List<MemoryPoint> points() {
    return points;
  }
}
