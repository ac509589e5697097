// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.result.Metric;
import gmembench.result.MetricSource;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;

/**
 * Converts in place and never splits: before a page goes private the whole folio round it is
 * unmapped, so that new faults wait, and nobody may hold any of it. Short pins are waited for; one
 * that outlasts the bound refuses the conversion.
 *
 * @param waitNs how long a conversion waits for pins
 */
@AutoService({Strategy.class, MetricSource.class})
public record InPlaceWait(long waitNs) implements Strategy, MetricSource {
  private static final Metric PIN_WAIT_COUNT =
      Metric.times("pin_wait_count", "in-place-wait: conversions that waited for pins");

  private static final Metric PIN_WAIT_NS =
      Metric.ns("pin_wait_ns", "in-place-wait: how long they waited");

  public InPlaceWait() {
    this(1_000_000);
  }

  public InPlaceWait {
    if (waitNs < 0) {
      throw new IllegalArgumentException("wait of 0ns or more");
    }
  }

  @Override
  public List<Metric> metrics() {
    return List.of(PIN_WAIT_COUNT, PIN_WAIT_NS);
  }

  @Override
  public String why() {
    return "in place, folios stay whole: all of one is unmapped, short pins are waited for, long ones refuse";
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(Verb.UNMAP, Verb.CHECK);
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return new Waiting(memory, map);
  }

  private final class Waiting implements Converter {
    private final Memory memory;
    private final PageMap map;
    private final Folios folios;
    private long waits;
    private long waitedNs;

    Waiting(Memory memory, PageMap map) {
      this.memory = memory;
      this.map = map;
      this.folios = new Folios(memory, map);
    }

    @Override
    public boolean convert(long gfn, long pages, Side to) {
      if (folios.isAll(gfn, pages, to)) {
        return true;
      }
      long from = folios.start(gfn);
      long count = folios.end(gfn + pages - 1) - from;
      memory.unmap(from, count, to.other());
      if (to == Side.PRIVATE && !released(from, count)) {
        return false;
      }
      map.set(gfn, pages, to);
      return true;
    }

    private boolean released(long gfn, long pages) {
      if (memory.check(gfn, pages, Side.SHARED) == pages) {
        return true;
      }
      long waited = memory.awaitUnpinned(gfn, pages, Side.SHARED, waitNs);
      waits += waited > 0 ? 1 : 0;
      waitedNs += waited;
      return memory.check(gfn, pages, Side.SHARED) == pages;
    }

    @Override
    public void report(Metrics metrics) {
      metrics.put(PIN_WAIT_COUNT, waits);
      metrics.put(PIN_WAIT_NS, waitedNs);
    }
  }
}
