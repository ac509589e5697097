// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.backing.Verb;
import gmembench.guest.Side;

/**
 * A file of 4K pages, for profiles that charge page tables: {@link Mappings} has what is mapped.
 */
final class SmallFile extends ModelFile {
  private final Side side;

  /**
   * @param side whose file it is
   */
  SmallFile(long pages, Effects effects, Side side) {
    super(pages, 0, effects);
    this.side = side;
  }

  @Override
  public int order(long gfn) {
    return 0;
  }

  @Override
  public boolean isMapped(long gfn) {
    return effects.mappings().has(gfn, side);
  }

  @Override
  void act(Verb of, long gfn, long count, Side side) {
    Verb verb = of.effect();
    if (verb != Verb.PIN) {
      effects.add(verb, gfn, count, side);
    } else if (!isMapped(gfn, count)) {
      effects.add(Verb.TOUCH, gfn, count, side);
    }
    if (verb == Verb.UNMAP) {
      effects.addDrops(effects.counts().of(Term.PER_MAP));
    } else if (verb != Verb.DISCARD) {
      effects.addFolios(effects.faults());
    }
  }
}
