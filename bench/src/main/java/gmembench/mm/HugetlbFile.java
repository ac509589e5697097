// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.backing.Verb;
import java.util.BitSet;

/**
 * A hugetlb file: folios come, go, and are mapped as a whole, by one entry; a punch of a part
 * zeroes it and frees nothing (hugetlbfs_zero_partial_page), but goes through all pages of the
 * folio (zero_user_segments), which is counted as a split is.
 */
final class HugetlbFile implements HugeFile {
  private final int order;
  private final BitSet resident = new BitSet();
  private final BitSet mapped = new BitSet();

  /** By folio: when it was zeroed. */
  private final long[] filledAt;

  HugetlbFile(long guestPages, int order) {
    this.order = order;
    this.filledAt = new long[Math.toIntExact(((guestPages - 1) >>> order) + 1)];
  }

  @Override
  public void count(Verb verb, long gfn, long pages, Effects effects) {
    long end = gfn + pages;
    for (long at = gfn; at < end; ) {
      int folio = Math.toIntExact(at >>> order);
      long next = Math.min(end, (folio + 1L) << order);
      count(verb, folio, next - at, effects);
      at = next;
    }
  }

  private void count(Verb verb, int folio, long pages, Effects effects) {
    long all = 1L << order;
    switch (verb) {
      case TOUCH, PIN -> {
        populate(folio, effects);
        effects.addHugeMaps(mapped.get(folio) ? 0 : 1);
        mapped.set(folio);
      }
      case ALLOCATE -> populate(folio, effects);
      case UNMAP -> unmap(folio, effects);
      case DISCARD -> {
        if (!resident.get(folio)) {
          return;
        }
        if (pages < all) {
          effects.addZeroed(pages);
          effects.addSplit(0, 0);
          return;
        }
        unmap(folio, effects);
        resident.clear(folio);
        effects.freeHuge(filledAt[folio]);
        effects.addFaults(all);
        effects.addFolios(1);
      }
      default -> {}
    }
  }

  private void populate(int folio, Effects effects) {
    if (!resident.get(folio)) {
      resident.set(folio);
      filledAt[folio] = effects.takeHuge(1L << order);
      effects.addFaults(1L << order);
      effects.addFolios(1);
    }
  }

  private void unmap(int folio, Effects effects) {
    effects.addHugeMaps(mapped.get(folio) ? 1 : 0);
    mapped.clear(folio);
  }
}
