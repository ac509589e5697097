// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.tracker.PageMap;
import java.util.Set;

/**
 * Private pages have no entry in the kernel's direct map; a shared fragment of a huge page is made
 * reachable for the host without the guest's help, and put out of reach again.
 *
 * @param io how the host reaches a fragment
 */
@AutoService(Strategy.class)
public record DirectMap(Io io) implements Strategy {
  /** Ways to a page without a direct-map entry. */
  public enum Io {
    /** The entry is restored (set_direct_map_default_noflush), and removed again. */
    RESTORE,
    /** The fragment is mapped for the host alone while it is shared, as by kmap or memremap. */
    KMAP,
    /** The host works on a copy, which is written back. */
    BOUNCE
  }

  public DirectMap() {
    this(Io.RESTORE);
  }

  @Override
  public String why() {
    return "private pages leave the direct map; io=restore, kmap or bounce is how the host reaches shared ones";
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(verb());
  }

  private Verb verb() {
    return switch (io) {
      case RESTORE -> Verb.DIRECT_MAP;
      case KMAP -> Verb.MAP;
      case BOUNCE -> Verb.COPY;
    };
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    Verb verb = verb();
    return (gfn, pages, to) -> {
      memory.apply(verb, gfn, pages, to);
      map.set(gfn, pages, to);
      return true;
    };
  }
}
