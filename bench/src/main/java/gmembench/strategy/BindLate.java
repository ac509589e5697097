// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.result.Metric;
import gmembench.result.MetricSource;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;

/**
 * The private file is allocated and converted in before it is bound to memslots. A punch of a file
 * that nothing is bound to invalidates nobody: what was allocated again meanwhile stays, on both
 * sides, and the guest is bound to it. Replaying means to punch again, after the binding, what was
 * punched before it and is still on the other side.
 *
 * @param conversions how many happen before the file is bound
 * @param replay whether the missed invalidations are done again then
 */
@AutoService({Strategy.class, MetricSource.class})
public record BindLate(long conversions, boolean replay) implements Strategy, MetricSource {
  private static final Metric MISSED_COUNT =
      Metric.times(
          "missed_invalidations_count",
          "bind-late: punches of the private file before it was bound, which invalidate nothing");

  private static final Metric MISSED_PAGES =
      Metric.pages("missed_invalidations_pages", "bind-late: pages of these punches");

  private static final Metric REPLAYED_PAGES =
      Metric.pages(
          "replayed_invalidations_pages", "bind-late: pages punched again after the binding");

  public BindLate() {
    this(64, false);
  }

  public BindLate {
    if (conversions < 0) {
      throw new IllegalArgumentException("conversions of 0 or more");
    }
  }

  @Override
  public List<Metric> metrics() {
    return List.of(MISSED_COUNT, MISSED_PAGES, REPLAYED_PAGES);
  }

  @Override
  public String why() {
    return "eager, but the file is bound to slots late: punches before that invalidate nobody";
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(Verb.REBIND, Verb.DISCARD);
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    memory.unbind();
    return new Late(memory, map);
  }

  private final class Late implements Converter {
    private final Memory memory;
    private final PageMap map;
    private final PageSet punched;
    private long seen;
    private long missed;
    private long missedPages;
    private long replayedPages;
    private boolean bound;

    Late(Memory memory, PageMap map) {
      this.memory = memory;
      this.map = map;
      this.punched = new PageSet(map.pages());
    }

    @Override
    public boolean convert(long gfn, long pages, Side to) {
      if (!bound && seen++ >= conversions) {
        bind();
      }
      map.set(gfn, pages, to);
      memory.discard(gfn, pages, to.other());
      if (!bound && to == Side.SHARED) {
        missed++;
        missedPages += pages;
        punched.add(gfn, pages);
      }
      return true;
    }

    private void bind() {
      memory.apply(Verb.REBIND, 0, map.pages(), Side.PRIVATE);
      bound = true;
      if (replay) {
        punched.forEachRun((gfn, pages) -> map.forEachRange(gfn, pages, this::punchAgain));
      }
    }

    private void punchAgain(long gfn, long pages, Side side) {
      if (side == Side.SHARED) {
        replayedPages += pages;
        memory.discard(gfn, pages, Side.PRIVATE);
      }
    }

    @Override
    public void settle() {
      if (!bound) {
        bind();
      }
    }

    @Override
    public void report(Metrics metrics) {
      metrics.put(MISSED_COUNT, missed);
      metrics.put(MISSED_PAGES, missedPages);
      metrics.put(REPLAYED_PAGES, replayedPages);
    }
  }
}
