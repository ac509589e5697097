// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.linux.HugePool;
import java.util.Set;

/** A hugetlb memfd for each side, of the pages of a pool: see {@link HugetlbMemory}. */
interface Hugetlb extends Backing {
  /** Where the pages come from. */
  @Override
  HugePool pool();

  @Override
  default int folioOrder() {
    return Long.numberOfTrailingZeros(pool().pageBytes() / Units.PAGE_BYTES);
  }

  @Override
  default Granularity granularity() {
    return Granularity.FOLIOS;
  }

  @Override
  default Support probe() {
    return HugetlbMemory.probe(this, pool());
  }

  @Override
  default Set<Verb> verbs() {
    return HugetlbMemory.VERBS;
  }

  @Override
  default Memory open(Guest guest, boolean inPlace) {
    return HugetlbMemory.open(pool(), guest, inPlace, true);
  }
}
