// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import com.google.auto.service.AutoService;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.linux.HugePool;

/**
 * The private side is huge and the shared one is not: "punch a hole in guest_memfd and allocate
 * from regular memory". A huge page goes back when all of it is shared. In place there is the
 * private file alone. A side's verbs cost what they cost in {@link Hugetlb2m} or {@link Hugetlb1g},
 * and in {@link Memfd}.
 *
 * @param folioBytes size of the private side's pages
 */
@AutoService(Backing.class)
public record Mixed(long folioBytes) implements Hugetlb {
  public Mixed() {
    this(HugePool.PAGE_2M);
  }

  public Mixed {
    if (folioBytes != HugePool.PAGE_2M && folioBytes != HugePool.PAGE_1G) {
      throw new IllegalArgumentException("folio=2MiB or 1GiB");
    }
  }

  @Override
  public String why() {
    return "private side in hugetlb pages, shared side in regular memory: folio=2MiB or 1GiB";
  }

  @Override
  public HugePool pool() {
    return new HugePool(folioBytes);
  }

  @Override
  public Backing of(Side side) {
    if (side == Side.SHARED) {
      return new Memfd();
    }
    return folioBytes == HugePool.PAGE_2M ? new Hugetlb2m() : new Hugetlb1g();
  }

  @Override
  public Support room(long privates, long shareds) {
    Support ofPrivate = of(Side.PRIVATE).room(privates, 0);
    return ofPrivate instanceof Support.No ? ofPrivate : of(Side.SHARED).room(0, shareds);
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    return HugetlbMemory.open(pool(), guest, inPlace, false);
  }
}
