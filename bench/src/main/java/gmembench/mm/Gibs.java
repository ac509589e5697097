// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.mm.GibFolios.Table;
import gmembench.tracker.PageMap;
import org.jspecify.annotations.Nullable;

/** The folios of a file by GiB; of one order at first, but where the guest ends in one. */
final class Gibs {
  private static final int GIB_SHIFT = PageMap.ORDER_1G;
  private static final long GIB_PAGES = 1L << GIB_SHIFT;

  private final long pages;
  private final int order;

  /** Made when first needed; what is missing is as at first. */
  private final @Nullable GibFolios[] gibs;

  private final PageBits.Spares spares = new PageBits.Spares();

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
    GibFolios gib = new GibFolios(orderAtFirst((long) index << GIB_SHIFT), spares);
    boolean full = (index + 1L) << GIB_SHIFT <= pages;
    if (!full && (pages & (Guest.FRAME_PAGES - 1)) != 0) {
      gib.setHuge(frame(pages), false);
    }
    return gib;
  }

  static int frame(long gfn) {
    return (int) (gfn >>> PageMap.ORDER_2M) & (GibFolios.FRAMES - 1);
  }

  static int page(long gfn) {
    return (int) (gfn & (Guest.FRAME_PAGES - 1));
  }

  static boolean isGib(long gfn, long count) {
    return count == GIB_PAGES && (gfn & (count - 1)) == 0;
  }

  /** Drops the entries that map pages there, and returns how many that were. */
  long zap(long gfn, long count, Table table) {
    if (isGib(gfn, count)) {
      return at(gfn).entries(table).zapAll();
    }
    long gone = 0;
    for (long at = gfn, end = gfn + count; at < end; ) {
      long next = ModelFile.frameEnd(at, end);
      gone += at(at).entries(table).zap(frame(at), page(at), page(next - 1) + 1);
      at = next;
    }
    return gone;
  }

  /** The guest's of either side. */
  long zapGuests(long gfn, long count) {
    return zap(gfn, count, Table.OF_PRIVATE) + zap(gfn, count, Table.OF_SHARED);
  }

  void zapAll(long gfn, long count) {
    zap(gfn, count, Table.HOST);
    zapGuests(gfn, count);
  }

  /**
   * Both users lose what leaves a side: the host its mappings (unmap_mapping_pages), the guest
   * KVM's of that side (kvm_gmem_invalidate_start with its filter, kvm_mmu_unmap_gfn_range).
   */
  long unmap(long gfn, long count, Side side) {
    return side == Side.PRIVATE
        ? zap(gfn, count, Table.OF_PRIVATE)
        : zap(gfn, count, Table.HOST) + zap(gfn, count, Table.OF_SHARED);
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
