// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;
import java.util.Set;

/**
 * Converts in place memory that was shattered to 4K folios when it was allocated, and is merged
 * only when it leaves the guest_memfd, as was proposed first: no conversion splits anything, a pin
 * holds its page, KVM maps it large all the same, and struct pages are lost all the time. The
 * shattering comes before the replay, so it is in no time but its own.
 */
@AutoService(Strategy.class)
public record InPlaceShattered() implements Strategy {
  @Override
  public String why() {
    return "in place, all is 4K folios from the beginning: nothing is ever split or restored, struct pages are lost";
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(Verb.UNMAP, Verb.CHECK, Verb.SHATTER);
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    Shattered shattered = new Shattered(memory, map, new Folios(memory, map));
    // what the kernel refuses now is tried again by a conversion of it
    Memory.attempt(() -> shattered.shatter(0, map.pages()));
    return shattered;
  }

  private record Shattered(Memory memory, PageMap map, Folios folios) implements Converter {
    boolean shatter(long gfn, long end) {
      boolean done = true;
      for (long at = gfn; done && at < end; at = (at | (Guest.FRAME_PAGES - 1)) + 1) {
        done = folios.order(at) == 0 || folios.shatter(at);
      }
      return done;
    }

    @Override
    public boolean convert(long gfn, long pages, Side to) {
      if (folios.isAll(gfn, pages, to)) {
        return true;
      }
      memory.unmap(gfn, pages, to.other());
      boolean done =
          shatter(gfn, gfn + pages)
              && (to == Side.SHARED || memory.check(gfn, pages, Side.SHARED) == pages);
      if (done) {
        map.set(gfn, pages, to);
      }
      return done;
    }
  }
}
