// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;
import java.util.Map;
import java.util.Set;

/**
 * The private file is allocated and converted in before it is bound to memslots. A punch of a file
 * that nothing is bound to invalidates nobody: what was allocated again meanwhile stays, on both
 * sides, and the guest is bound to it. Replaying means to punch again, after the binding, what was
 * punched before it and is still on the other side.
 *
 * @param conversions how many happen before the file is bound
 * @param replay whether the missed invalidations are done again then
 */
@AutoService(Strategy.class)
public record BindLate(long conversions, boolean replay) implements Strategy {
  public BindLate() {
    this(64, false);
  }

  public BindLate {
    if (conversions < 0) {
      throw new IllegalArgumentException("conversions of 0 or more");
    }
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
    public void report(Map<String, String> metrics) {
      metrics.put("missed_invalidations_count", Long.toString(missed));
      metrics.put("missed_invalidations_pages", Long.toString(missedPages));
      metrics.put("replayed_invalidations_pages", Long.toString(replayedPages));
    }
  }
}
