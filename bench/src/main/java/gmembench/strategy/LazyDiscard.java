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
 * Discards nothing until the bytes left behind exceed a budget, then the oldest first. A page that
 * comes back before that costs nothing. A stray, which allocates the side that a page is not on, is
 * left like any other.
 *
 * @param budgetBytes how much may be double-allocated
 */
@AutoService(Strategy.class)
public record LazyDiscard(long budgetBytes) implements Strategy {
  public LazyDiscard() {
    this(64 << 20);
  }

  public LazyDiscard {
    if (budgetBytes < 0) {
      throw new IllegalArgumentException("budget of 0 or more");
    }
  }

  @Override
  public String why() {
    return "punches the oldest leftovers only above a budget of double-allocated bytes";
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
    return new Leaving(memory, map);
  }

  private final class Leaving implements Converter {
    private final long budgetPages = budgetBytes / Units.PAGE_BYTES;
    private final PageMap map;
    private final LeftBehind left;

    Leaving(Memory memory, PageMap map) {
      this.map = map;
      this.left = new LeftBehind(memory, map.pages());
    }

    @Override
    public boolean convert(long gfn, long pages, Side to) {
      map.set(gfn, pages, to);
      left.leave(gfn, pages, to.other(), 0);
      discardExcess();
      return true;
    }

    @Override
    public boolean touched(long gfn, long pages, Side side) {
      return left.stray(map, gfn, pages, side, 0) > 0 && discardExcess();
    }

    private boolean discardExcess() {
      boolean isOver = left.pages() > budgetPages;
      while (left.pages() > budgetPages) {
        left.discardOldest();
      }
      return isOver;
    }

    @Override
    public void report(Metrics metrics) {
      left.report(metrics);
    }
  }
}
