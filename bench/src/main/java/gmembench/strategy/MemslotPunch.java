// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.tracker.PageMap;
import java.util.Set;

/**
 * Private and shared memory are memslots of their own: the slots round a conversion are deleted and
 * set anew, then the side that is left is discarded. It is how one would do it without attributes,
 * and was judged "painfully slow" when they were proposed.
 */
@AutoService(Strategy.class)
public record MemslotPunch() implements Strategy {
  @Override
  public String why() {
    return "private and shared slots: a conversion deletes the slots round it and sets new ones";
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(Verb.REBIND, Verb.DISCARD);
  }

  @Override
  public boolean hasState() {
    return false;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return (gfn, pages, to) -> {
      memory.apply(Verb.REBIND, gfn, pages, to);
      map.set(gfn, pages, to);
      memory.discard(gfn, pages, to.other());
      return true;
    };
  }
}
