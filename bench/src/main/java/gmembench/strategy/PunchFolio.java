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
 * Two-sided memory on huge pages, of which a part cannot be given back: the first time that a part
 * of a private huge page goes shared, all of it is punched, and what stays private is allocated
 * from regular memory. The huge page is gone for good. The touch of what stays private stands for
 * the copying of its content. A page that cannot be had for it is lost to the guest, and {@code
 * lost_pages} says so.
 */
@AutoService({Strategy.class, MetricSource.class})
public record PunchFolio() implements Strategy, MetricSource {
  private static final Metric LOST_PAGES =
      Metric.pages(
          "lost_pages",
          "punch-folio: private pages that went with their huge page and could not be had again (a"
              + " fault)");

  @Override
  public List<Metric> metrics() {
    return List.of(LOST_PAGES);
  }

  @Override
  public String why() {
    return "two sides: a huge page of which a part goes shared is punched whole, regular pages take its place";
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(Verb.DISCARD, Verb.SHATTER);
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return new Punching(memory, map, new Folios(memory, map));
  }

  private static final class Punching implements Converter {
    private final Memory memory;
    private final PageMap map;
    private final Folios folios;
    private long lostPages;

    Punching(Memory memory, PageMap map, Folios folios) {
      this.memory = memory;
      this.map = map;
      this.folios = folios;
    }

    @Override
    public boolean convert(long gfn, long pages, Side to) {
      map.set(gfn, pages, to);
      if (to == Side.SHARED) {
        leavePrivate(gfn, gfn + pages);
      } else {
        memory.discard(gfn, pages, Side.SHARED);
      }
      return true;
    }

    private void leavePrivate(long from, long to) {
      long first = from;
      long last = to;
      if (folios.isPartial(from, from, to)) {
        first = replace(from, from, to);
      }
      if (first < to && folios.isPartial(to - 1, from, to)) {
        last = folios.start(to - 1);
        replace(to - 1, from, to);
      }
      if (first < last) {
        memory.discard(first, last - first, Side.PRIVATE);
      }
    }

    /** Returns the end of the folio. */
    private long replace(long gfn, long from, long to) {
      long start = folios.start(gfn);
      long end = folios.end(gfn);
      memory.discard(start, end - start, Side.PRIVATE);
      try {
        folios.shatter(gfn);
      } finally {
        try {
          refill(start, Math.min(from, end));
        } finally {
          refill(Math.max(to, start), end);
        }
      }
      return end;
    }

    /** What is private in a range is lost until it is there again. */
    private void refill(long from, long to) {
      if (from < to) {
        map.forEachRange(
            from, to - from, (at, pages, side) -> lostPages += side == Side.PRIVATE ? pages : 0);
        map.forEachRange(from, to - from, this::refillRange);
      }
    }

    private void refillRange(long gfn, long pages, Side side) {
      if (side == Side.PRIVATE) {
        lostPages -= memory.touch(gfn, pages, side);
      }
    }

    @Override
    public void report(Metrics metrics) {
      if (lostPages > 0) {
        metrics.put(LOST_PAGES, lostPages);
      }
    }
  }
}
