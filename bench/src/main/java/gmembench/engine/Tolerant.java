// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.guest.Side;
import gmembench.linux.LinuxException;
import gmembench.result.Declared;
import gmembench.result.Metrics;
import gmembench.strategy.AroundConverter;
import gmembench.strategy.Converter;
import gmembench.tracker.PageMap;

/**
 * Goes on when a verb fails: by the rule of {@link Converter} the map says whether the conversion
 * was done all the same.
 */
final class Tolerant implements AroundConverter {
  private final Converter converter;
  private final PageMap map;
  private long failures;

  Tolerant(Converter converter, PageMap map) {
    this.converter = converter;
    this.map = map;
  }

  @Override
  public Converter converter() {
    return converter;
  }

  @Override
  public boolean convert(long gfn, long pages, Side to) {
    try {
      return converter.convert(gfn, pages, to);
    } catch (LinuxException e) {
      failures++;
      return map.get(gfn) == to && (pages == 1 || map.isUniform(gfn, pages));
    }
  }

  @Override
  public boolean touched(long gfn, long pages, Side side) {
    try {
      return converter.touched(gfn, pages, side);
    } catch (LinuxException e) {
      failures++;
      return true;
    }
  }

  @Override
  public void idle(long ns) {
    try {
      converter.idle(ns);
    } catch (LinuxException e) {
      failures++;
    }
  }

  @Override
  public void settle() {
    try {
      converter.settle();
    } catch (LinuxException e) {
      failures++;
    }
  }

  @Override
  public void report(Metrics metrics) {
    converter.report(metrics);
    metrics.put(Declared.CONVERSIONS_WITH_FAULTS, failures);
  }
}
