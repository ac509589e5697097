// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;
import java.util.Set;

/**
 * Converts in place and splits a folio only when a conversion covers a part of it; a folio whose
 * pages are all on one side again is restored. A folio that is pinned can be neither split nor
 * restored: then the conversion is refused, and the restoring put off.
 *
 * @param levels {@code 1g-2m-4k} splits one size at a time, and only round the edges of the range;
 *     {@code 1g-4k} shatters at once, as the guest_memfd series of 2025 does
 */
@AutoService(Strategy.class)
public record InPlaceLazySplit(String levels) implements Strategy {
  private static final String STEPWISE = "1g-2m-4k";
  private static final String AT_ONCE = "1g-4k";

  public InPlaceLazySplit() {
    this(STEPWISE);
  }

  public InPlaceLazySplit {
    if (!levels.equals(STEPWISE) && !levels.equals(AT_ONCE)) {
      throw new IllegalArgumentException("levels of " + STEPWISE + " or " + AT_ONCE);
    }
  }

  @Override
  public String why() {
    return "in place, a folio is split when a part of it converts and restored when it is uniform again";
  }

  private boolean stepwise() {
    return levels.equals(STEPWISE);
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(Verb.UNMAP, Verb.CHECK, stepwise() ? Verb.SPLIT : Verb.SHATTER, Verb.MERGE);
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return new Splitting(memory, new Folios(memory, map), stepwise());
  }

  private record Splitting(Memory memory, Folios folios, boolean stepwise) implements Converter {
    @Override
    public boolean convert(long gfn, long pages, Side to) {
      if (folios.isAll(gfn, pages, to)) {
        return true;
      }
      memory.unmap(gfn, pages, to.other());
      boolean done = folios.splitEdges(gfn, pages, stepwise) && isFree(gfn, pages, to.other());
      if (done) {
        folios.set(gfn, pages, to);
      }
      folios.restore(gfn, pages, stepwise, true);
      return done;
    }

    private boolean isFree(long gfn, long pages, Side side) {
      return side == Side.PRIVATE || memory.check(gfn, pages, side) == pages;
    }

    @Override
    public void settle() {
      folios.restoreAll(stepwise, true);
    }
  }
}
