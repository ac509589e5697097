// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import com.google.auto.service.AutoService;
import gmembench.Units;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;
import java.util.Set;

/**
 * Discards nothing until the bytes left behind exceed a budget, then the oldest first. A page that
 * comes back before that costs nothing.
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
    long budgetPages = budgetBytes / Units.PAGE_BYTES;
    LeftBehind left = new LeftBehind(memory, map.pages());
    return (gfn, pages, to) -> {
      map.set(gfn, pages, to);
      left.leave(gfn, pages, to.other(), 0);
      while (left.pages() > budgetPages) {
        left.discardOldest();
      }
      return true;
    };
  }
}
