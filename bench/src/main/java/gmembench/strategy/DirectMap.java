// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.backing.Watch;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;

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
    /** Entries are restored (set_direct_map_default_noflush) and removed, a range in one call. */
    RESTORE(Verb.DIRECT_MAP),
    /** The same by a call and a flush for each page: the interface before it took ranges. */
    RESTORE_PAGE(Verb.DIRECT_MAP),
    /** As RESTORE, and what it has split is joined again when it can be, as no kernel does. */
    REJOIN(Verb.DIRECT_MAP, Verb.JOIN),
    /** The fragment is mapped for the host alone while it is shared, as by kmap or memremap. */
    KMAP(Verb.MAP),
    /** It is mapped for each access of the host's, and for no longer. */
    ACCESS(Verb.MAP),
    /** The host works on a copy. What it writes is copied to the guest at once, and at the end. */
    BOUNCE(Verb.COPY),
    /** The VMM has the memory in its own page tables, and the kernel never needs it. */
    USER;

    @SuppressWarnings("ImmutableEnumChecker") // it is
    private final Set<Verb> verbs;

    Io(Verb... verbs) {
      this.verbs = Set.of(verbs);
    }
  }

  public DirectMap() {
    this(Io.RESTORE);
  }

  @Override
  public String why() {
    return "private pages leave the direct map; io=restore, kmap, bounce ... is how the host reaches shared ones";
  }

  @Override
  public Set<Verb> needs() {
    return io.verbs;
  }

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return new Reaching(memory, map);
  }

  private final class Reaching implements Converter {
    private final Memory memory;
    private final PageMap map;

    Reaching(Memory memory, PageMap map) {
      this.memory = memory;
      this.map = map;
    }

    @Override
    public boolean convert(long gfn, long pages, Side to) {
      switch (io) {
        case RESTORE -> memory.apply(Verb.DIRECT_MAP, gfn, pages, to);
        case RESTORE_PAGE -> {
          for (long at = gfn; at < gfn + pages; at++) {
            memory.apply(Verb.DIRECT_MAP, at, 1, to);
          }
        }
        case REJOIN -> {
          memory.apply(Verb.DIRECT_MAP, gfn, pages, to);
          memory.apply(Verb.JOIN, gfn, pages, to);
        }
        case KMAP -> memory.apply(Verb.MAP, gfn, pages, to);
        case BOUNCE -> memory.apply(Verb.COPY, gfn, pages, to);
        case ACCESS, USER -> {}
      }
      map.set(gfn, pages, to);
      return true;
    }

    @Override
    public Memory seen(Memory through) {
      return io == Io.ACCESS || io == Io.BOUNCE ? Watch.over(through, this::access) : through;
    }

    /** The host's accesses to what is shared, on their way to the memory. */
    private long access(Memory through, Verb verb, long gfn, long pages, Side side) {
      boolean isAccess = side == Side.SHARED && verb.effect() == Verb.TOUCH;
      if (isAccess && io == Io.ACCESS) {
        memory.apply(Verb.MAP, gfn, pages, Side.SHARED);
      }
      long done = through.apply(verb, gfn, pages, side);
      if (isAccess && io == Io.ACCESS) {
        memory.apply(Verb.MAP, gfn, pages, Side.PRIVATE);
      } else if (isAccess) {
        memory.apply(Verb.COPY_IN, gfn, pages, Side.PRIVATE);
      }
      return done;
    }
  }
}
