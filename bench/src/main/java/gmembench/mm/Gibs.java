// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.guest.Guest;
import gmembench.tracker.PageMap;
import org.jspecify.annotations.Nullable;

/** The folios of a file by GiB; of one order at first, but where the guest ends in one. */
final class Gibs {
  private static final int GIB_SHIFT = PageMap.ORDER_1G;

  private final long pages;
  private final int order;

  /** Made when first needed; what is missing is as at first. */
  private final @Nullable GibFolios[] gibs;

  Gibs(long pages, int order) {
    this.pages = pages;
    this.order = order;
    this.gibs = new GibFolios[Math.toIntExact(((pages - 1) >>> GIB_SHIFT) + 1)];
  }

  /** The GiB that a page is in. */
  GibFolios at(long gfn) {
    int i = (int) (gfn >>> GIB_SHIFT);
    GibFolios gib = gibs[i];
    if (gib == null) {
      gib = fresh(i);
      gibs[i] = gib;
    }
    return gib;
  }

  private GibFolios fresh(int index) {
    GibFolios gib = new GibFolios(orderAtFirst((long) index << GIB_SHIFT));
    boolean full = (index + 1L) << GIB_SHIFT <= pages;
    if (!full && (pages & (Guest.FRAME_PAGES - 1)) != 0) {
      gib.setHuge((int) (pages >>> PageMap.ORDER_2M) & (GibFolios.FRAMES - 1), false);
    }
    return gib;
  }

  /** The order of the folio at a page before anything was split. */
  int orderAtFirst(long gfn) {
    int most = order;
    while (most > 0 && ((gfn >>> most) + 1) << most > pages) {
      most -= PageMap.ORDER_2M;
    }
    return most;
  }
}
