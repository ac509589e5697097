// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;
import java.util.Set;

/**
 * Discards at once, except pages that flip: those whose last conversion is at most a window of
 * conversions ago, as the page cache judges a refault by its distance (mm/workingset.c). A spared
 * page that has not flipped again for a window, or the oldest above the budget, is discarded.
 *
 * @param budgetBytes how much may be spared
 * @param window in conversions of the whole guest
 */
@AutoService(Strategy.class)
public record AdaptiveDiscard(long budgetBytes, int window) implements Strategy {
  public AdaptiveDiscard() {
    this(16 << 20, 1024);
  }

  public AdaptiveDiscard {
    if (budgetBytes < 0 || window < 1) {
      throw new IllegalArgumentException("budget of 0 or more, window of 1 or more");
    }
  }

  @Override
  public String why() {
    return "punches at once but spares pages that flip, under a budget; idle ones go later";
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(Verb.DISCARD);
  }

  @Override
  public boolean keeps(Side side) {
    return true;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return new Adapting(memory, map);
  }

  private final class Adapting implements Converter {
    private final long budgetPages = budgetBytes / Units.PAGE_BYTES;
    private final Memory memory;
    private final PageMap map;
    private final PageInts convertedAt;
    private final LeftBehind spared;
    private int now;

    Adapting(Memory memory, PageMap map) {
      this.memory = memory;
      this.map = map;
      this.convertedAt = new PageInts(map.pages());
      this.spared = new LeftBehind(memory, map.pages());
    }

    @Override
    public boolean convert(long gfn, long pages, Side to) {
      map.set(gfn, pages, to);
      now++;
      try {
        leaveOrDiscard(gfn, pages, to.other());
      } catch (RuntimeException e) {
        spared.leave(gfn, pages, to.other(), now); // what is gone already can be discarded again
        throw e;
      } finally {
        convertedAt.set(gfn, pages, now);
      }
      discardIdle();
      return true;
    }

    /** A stray is spared too: who touches a page on both sides is likely to do so again. */
    @Override
    public boolean touched(long gfn, long pages, Side side) {
      return spared.stray(map, gfn, pages, side, now) > 0 && discardIdle();
    }

    @Override
    public void report(Metrics metrics) {
      spared.report(metrics);
    }

    private void leaveOrDiscard(long gfn, long pages, Side side) {
      long end = gfn + pages;
      for (long from = gfn; from < end; ) {
        boolean flips = flips(from);
        long next = from + 1;
        while (next < end && flips(next) == flips) {
          next++;
        }
        leave(from, next - from, side, flips);
        from = next;
      }
    }

    private void leave(long gfn, long pages, Side side, boolean flips) {
      if (flips) {
        spared.leave(gfn, pages, side, now);
      } else {
        spared.reclaim(gfn, pages);
        memory.discard(gfn, pages, side);
      }
    }

    private boolean flips(long gfn) {
      int at = convertedAt.get(gfn);
      return at != 0 && now - at <= window;
    }

    private boolean discardIdle() {
      long before = spared.pages();
      while (spared.pages() > budgetPages
          || (!spared.isEmpty() && now - spared.oldestStamp() > window)) {
        spared.discardOldest();
      }
      return spared.pages() < before;
    }
  }
}
