// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;
import java.util.Set;

/**
 * Converts in place and hands everything out as 4K folios: whatever goes shared is shattered first,
 * also where a whole folio goes, so that a pin holds its own page and no other. A folio is restored
 * when all of it is private again and nobody holds a page.
 */
@AutoService(Strategy.class)
public record InPlaceSplit() implements Strategy {
  @Override
  public String why() {
    return "in place, all that is shared is 4K folios, so a pin holds its page only; restored when private";
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(Verb.UNMAP, Verb.CHECK, Verb.SHATTER, Verb.MERGE);
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return new Splitting(memory, new Folios(memory, map), false);
  }

  /**
   * @param stepwise a folio of 1G becomes ones of 2M first, and only those in the range 4K ones
   */
  record Splitting(Memory memory, Folios folios, boolean stepwise) implements Converter {
    @Override
    public boolean convert(long gfn, long pages, Side to) {
      if (folios.isAll(gfn, pages, to)) {
        return true;
      }
      boolean done = to == Side.SHARED ? handOut(gfn, pages) : takeBack(gfn, pages);
      if (done) {
        folios.set(gfn, pages, to);
      }
      folios.restore(gfn, pages, stepwise, false);
      return done;
    }

    /**
     * Unmaps before it splits, so that the guest's one huge entry is one. What is not split is
     * private, so nothing can pin it; if it is pinned all the same: no.
     */
    private boolean handOut(long gfn, long pages) {
      memory.unmap(gfn, pages, Side.PRIVATE);
      for (long at = gfn; at < gfn + pages; at = (at | 511) + 1) {
        while (folios.order(at) > 0) {
          if (stepwise ? !folios.split(at) : !folios.shatter(at)) {
            return false;
          }
        }
      }
      return true;
    }

    private boolean takeBack(long gfn, long pages) {
      memory.unmap(gfn, pages, Side.SHARED);
      return memory.check(gfn, pages, Side.SHARED) == pages;
    }

    @Override
    public void settle() {
      folios.restoreAll(stepwise, false);
    }
  }
}
