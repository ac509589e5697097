// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.tracker.PageMap;
import gmembench.workload.Side;
import java.util.Set;

/**
 * Two-sided memory on huge pages, of which a part cannot be given back: the first time that a part
 * of a private huge page goes shared, all of it is punched, and what stays private is allocated
 * from regular memory. The huge page is gone for good. The touch of what stays private stands for
 * the copying of its content.
 */
@AutoService(Strategy.class)
public record PunchFolio() implements Strategy {
  @Override
  public String name() {
    return "punch-folio";
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

  private record Punching(Memory memory, PageMap map, Folios folios) implements Converter {
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
      folios.shatter(gfn);
      refill(start, Math.min(from, end));
      refill(Math.max(to, start), end);
      return end;
    }

    private void refill(long from, long to) {
      for (long at = from; at < to; ) {
        long next = map.runEnd(at, to);
        if (map.get(at) == Side.PRIVATE) {
          memory.touch(at, next - at, Side.PRIVATE);
        }
        at = next;
      }
    }
  }
}
