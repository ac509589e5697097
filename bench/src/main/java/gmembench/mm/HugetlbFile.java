// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.backing.Verb;
import gmembench.guest.Side;

/**
 * A hugetlb file as Linux has it, mapped once, for profiles that charge all of it: folios come, go,
 * and are mapped as a whole, by one entry; a punch of a part zeroes it and frees nothing
 * (hugetlbfs_zero_partial_page), but goes through all pages of the folio (zero_user_segments),
 * which is counted as a split is.
 */
final class HugetlbFile extends FolioFile {
  private final long folioPages;

  /** By folio: when it was zeroed. */
  private final long[] filledAt;

  HugetlbFile(long pages, int order, Effects effects) {
    super(pages, order, true, effects);
    this.folioPages = 1L << order;
    this.filledAt = new long[Math.toIntExact(((pages - 1) >>> order) + 1)];
  }

  /** Page tables know nothing smaller. */
  @Override
  int entryOrder(long gfn, GibFolios.Table table) {
    return order(gfn);
  }

  @Override
  void act(Verb of, long gfn, long count, Side side) {
    Verb verb = of.effect();
    long end = gfn + count;
    for (long folio = gfn & -folioPages; folio < end; folio += folioPages) {
      act(verb, folio, Math.max(gfn, folio), Math.min(end, folio + folioPages), side);
    }
    if (verb == Verb.TOUCH || verb == Verb.ALLOCATE) {
      effects.enter(verb, gfn, count, side);
    }
    effects.useHuge(verb, gfn, count, side, folioPages);
  }

  private void act(Verb verb, long folio, long from, long to, Side side) {
    switch (verb) {
      case TOUCH, PIN -> {
        fill(folio, side);
        effects.addHugeMaps(isMapped(folio) ? 0 : 1);
        enter(folio, folioPages, GibFolios.Table.HOST);
      }
      case ALLOCATE -> fill(folio, side);
      case UNMAP -> unmap(folio);
      case DISCARD -> {
        if (effects.ledger().isResident(folio, side)) {
          punch(folio, to - from, side);
        }
      }
      default -> setOrder(verb, folio, to - from);
    }
  }

  private void fill(long folio, Side side) {
    if (!effects.ledger().isResident(folio, side)) {
      effects.enter(Verb.TOUCH, folio, Math.min(folioPages, pages - folio), side);
      filledAt[(int) (folio / folioPages)] = effects.takeHuge(folioPages);
      effects.addFaults(folioPages);
      effects.addFolios(1);
    }
  }

  private void unmap(long folio) {
    effects.addHugeMaps(gibs.zap(folio, folioPages, GibFolios.Table.HOST) > 0 ? 1 : 0);
  }

  private void punch(long folio, long count, Side side) {
    if (count < folioPages) {
      effects.addZeroed(count);
      effects.addSplit(0, 0);
      return;
    }
    unmap(folio);
    effects.freeHuge(filledAt[(int) (folio / folioPages)]);
    effects.addFaults(effects.enter(Verb.DISCARD, folio, count, side));
    effects.addFolios(1);
  }
}
