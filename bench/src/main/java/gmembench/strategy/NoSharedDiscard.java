// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;
import java.util.Set;

/** Punches the private side only; what was ever shared stays allocated: 68 s. */
@AutoService(Strategy.class)
public record NoSharedDiscard() implements Strategy {
  @Override
  public String why() {
    return "punches the private side only (68 s); what was ever shared stays double-allocated";
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(Verb.DISCARD);
  }

  @Override
  public boolean keeps(Side side) {
    return side == Side.SHARED;
  }

  @Override
  public boolean hasState() {
    return false;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return (gfn, pages, to) -> {
      map.set(gfn, pages, to);
      if (to == Side.SHARED) {
        memory.discard(gfn, pages, Side.PRIVATE);
      }
      return true;
    };
  }
}
