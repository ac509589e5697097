// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.Units;
import gmembench.backing.Verb;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.result.Declared;
import gmembench.result.Metric;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;

/**
 * The kernel's direct map of a guest whose private memory is taken out of it, in entries of 1G, 2M
 * and 4K, and what of the guest the host's kernel can read. The guest is one piece of physical
 * memory, aligned as its gfns are; beside it are the host's own pages.
 *
 * <p>As arch/x86/mm/pat/set_memory.c has it: a call that leaves an entry as it is, or changes all
 * that it maps, keeps it whole (__should_split_large_page). Any other is split into 512 of the next
 * size, and the TLBs of all CPUs are flushed for that alone (__split_large_page). Pages that go are
 * flushed by range, once a call (flush_tlb_kernel_range); pages that come back are not, since no
 * TLB knows them. Nothing joins entries again but {@link Verb#JOIN}, which Linux does not do here:
 * since 6.15 it joins those of read-only code, where all 512 are present (CPA_COLLAPSE).
 */
public final class KernelMap {
  private final long guestPages;
  private final long folioPages;
  private final boolean inPlace;
  private final long flushCeiling;
  private final long otherCpus;

  /** Pages of which no entry is present. */
  private final PageSet absent;

  /** Frames of 2M, and of 1G, whose entry is a table of smaller ones. */
  private final PageSet cutFrames;

  private final PageSet cutGibs;

  private final Reachable reachable;

  /** Pages that the host has a copy of. */
  private final PageSet copied;

  /** Pages of pins that were refused, until they would be dropped. */
  private final PageSet denied;

  private long frameSplits;
  private long gibSplits;
  private long joins;
  private long flushes;
  private long refused;
  private long hugeAtStart;

  /**
   * @param folioOrder in folios of which order private memory comes: each leaves by a call
   * @param otherCpus of the host: a flush is on every CPU, whoever runs there
   */
  public KernelMap(
      long guestPages, int folioOrder, boolean inPlace, long flushCeiling, long otherCpus) {
    this.guestPages = guestPages;
    this.folioPages = 1L << folioOrder;
    this.inPlace = inPlace;
    this.flushCeiling = flushCeiling;
    this.otherCpus = otherCpus;
    this.absent = new PageSet(guestPages);
    this.cutFrames = new PageSet(frame(guestPages) + 1);
    this.cutGibs = new PageSet(gib(guestPages) + 1);
    this.reachable = new Reachable(guestPages);
    this.copied = new PageSet(guestPages);
    this.denied = new PageSet(guestPages);
  }

  private static long frame(long gfn) {
    return gfn >>> PageMap.ORDER_2M;
  }

  private static long gib(long gfn) {
    return gfn >>> PageMap.ORDER_1G;
  }

  /** A verb is done: what it does here is put into what is counted of it. */
  public void apply(Verb verb, long gfn, long pages, Side side, Counts counts) {
    counts.set(Term.PER_ENTRY, 0);
    counts.set(Term.PER_ENTRY_SPLIT, 0);
    counts.set(Term.PER_ENTRY_JOIN, 0);
    counts.set(Term.PER_KERNEL_FLUSH, 0);
    counts.set(Term.PER_KERNEL_FLUSH_ALL, 0);
    long before = flushes;
    reachable.begin();
    switch (verb) {
      case TOUCH, ALLOCATE -> populate(gfn, pages, side, counts);
      case DISCARD -> free(gfn, pages, side, counts);
      case DIRECT_MAP -> {
        set(gfn, pages, side == Side.SHARED, counts);
        reachable.put(gfn, pages, side);
      }
      case MAP -> reachable.put(gfn, pages, side);
      case COPY -> {
        reachable.put(gfn, pages, side);
        long _ = side == Side.SHARED ? copied.add(gfn, pages) : copied.remove(gfn, pages);
      }
      case JOIN -> join(gfn, gfn + pages, counts);
      default -> {}
    }
    counts.set(Term.PER_SHOOTDOWN, otherCpus * (flushes - before));
  }

  /** A private page leaves when it is allocated, its folio by a call of its own. */
  private void populate(long gfn, long pages, Side side, Counts counts) {
    if (side == Side.PRIVATE) {
      long end = gfn + pages;
      for (long at = absent.nextAbsent(gfn, end); at < end; at = absent.nextAbsent(at, end)) {
        long start = at & -folioPages;
        set(start, Math.min(folioPages, guestPages - start), false, counts);
      }
    } else if (!inPlace) {
      reachable.put(gfn, pages, side);
    }
  }

  /** A folio that is freed is put back first; of one of which a part is punched nothing is. */
  private void free(long gfn, long pages, Side side, Counts counts) {
    if (side == Side.PRIVATE || inPlace) {
      long from = (gfn + folioPages - 1) & -folioPages;
      long end = gfn + pages == guestPages ? guestPages : (gfn + pages) & -folioPages;
      for (long at = absent.next(from, end); at < end; at = absent.next(at, end)) {
        long start = at & -folioPages;
        set(start, Math.min(folioPages, guestPages - start), true, counts);
      }
    }
    if (side == Side.SHARED || inPlace) {
      reachable.put(gfn, pages, Side.PRIVATE);
    }
  }

  /** set_direct_map_invalid_noflush or _default_noflush of a range, and the flush after it. */
  private void set(long gfn, long pages, boolean present, Counts counts) {
    long before = counts.of(Term.PER_ENTRY);
    long end = gfn + pages;
    for (long at = gfn; at < end; ) {
      int order = order(at);
      long start = at & -(1L << order);
      long next = order == 0 ? Math.min(end, (at | 511) + 1) : start + (1L << order);
      boolean isSo = order > 0 && absent.contains(at) != present;
      if (isSo || order == 0 || (at == start && next <= end)) {
        long flipped = isSo ? 0 : flip(at, next - at, present);
        counts.add(Term.PER_ENTRY, order == 0 ? flipped : Math.min(1, flipped));
        at = next;
      } else {
        split(at, order, counts);
      }
    }
    if (!present && counts.of(Term.PER_ENTRY) > before) {
      flush(pages, counts);
    }
  }

  private long flip(long gfn, long pages, boolean present) {
    return present ? absent.remove(gfn, pages) : absent.add(gfn, pages);
  }

  /** The order of the entry at a page. */
  private int order(long gfn) {
    return !cutGibs.contains(gib(gfn))
        ? PageMap.ORDER_1G
        : cutFrames.contains(frame(gfn)) ? 0 : PageMap.ORDER_2M;
  }

  private void split(long gfn, int order, Counts counts) {
    if (order == PageMap.ORDER_1G) {
      cutGibs.add(gib(gfn), 1);
      gibSplits++;
    } else {
      cutFrames.add(frame(gfn), 1);
      frameSplits++;
    }
    counts.add(Term.PER_ENTRY_SPLIT, 1);
    flushAll(counts);
  }

  private void flush(long pages, Counts counts) {
    if (pages > flushCeiling) {
      flushAll(counts);
    } else {
      counts.add(Term.PER_KERNEL_FLUSH, pages);
      flushes++;
    }
  }

  private void flushAll(Counts counts) {
    counts.add(Term.PER_KERNEL_FLUSH_ALL, 1);
    flushes++;
  }

  /**
   * As collapse_large_pages does, and also where none of 512 entries is present: a table of entries
   * that are alike becomes one of them.
   */
  private void join(long gfn, long end, Counts counts) {
    long before = joins;
    for (long frame = frame(gfn); frame <= frame(end - 1); frame++) {
      if (cutFrames.contains(frame) && isUniform(frame << PageMap.ORDER_2M, PageMap.ORDER_2M)) {
        joins += cutFrames.remove(frame, 1);
      }
    }
    for (long gib = gib(gfn); gib <= gib(end - 1); gib++) {
      long first = gib << (PageMap.ORDER_1G - PageMap.ORDER_2M);
      long next = Math.min(first + 512, frame(guestPages) + 1);
      if (cutGibs.contains(gib)
          && cutFrames.next(first, next) == next
          && isUniform(gib << PageMap.ORDER_1G, PageMap.ORDER_1G)) {
        joins += cutGibs.remove(gib, 1);
      }
    }
    counts.add(Term.PER_ENTRY_JOIN, joins - before);
    if (joins > before) {
      flushAll(counts);
    }
  }

  /** Are all of its pages present, or all not? Those beyond the guest's end are. */
  private boolean isUniform(long gfn, int order) {
    long end = gfn + (1L << order);
    long last = Math.min(end, guestPages);
    return absent.next(gfn, last) == last || (last == end && absent.nextAbsent(gfn, last) == last);
  }

  /**
   * May a device's driver take references to shared pages? get_user_pages refuses what has no entry
   * (EFAULT); of what was copied it gets the host's buffer.
   */
  public boolean mayPin(long gfn, long pages) {
    boolean may = true;
    for (long at = gfn; inPlace && may && at < gfn + pages; at++) {
      may = copied.contains(at) || !absent.contains(at);
    }
    refused += may ? 0 : 1;
    if (!may) {
      denied.add(gfn, pages);
    }
    return may;
  }

  /** Is there a pin to be dropped, or was it refused? */
  public boolean mayUnpin(long gfn, long pages) {
    return denied.remove(gfn, pages) == 0;
  }

  /** What the host's kernel can read. */
  public Reachable reachable() {
    return reachable;
  }

  /** Pages under entries of 2M or more, present or not. */
  private long hugePages() {
    long huge = guestPages;
    for (long at = cutFrames.next(0, frame(guestPages) + 1);
        at <= frame(guestPages);
        at = cutFrames.next(at + 1, frame(guestPages) + 1)) {
      huge -= Math.min(512, guestPages - (at << PageMap.ORDER_2M));
    }
    return huge;
  }

  /** A replay begins: what {@link #report} counts starts from here. */
  public void restart() {
    frameSplits = 0;
    gibSplits = 0;
    joins = 0;
    flushes = 0;
    refused = 0;
    hugeAtStart = hugePages();
    reachable.restart();
  }

  public void report(Metrics metrics) {
    putSome(metrics, Declared.DIRECT_MAP_2M_SPLIT_COUNT, frameSplits);
    putSome(metrics, Declared.DIRECT_MAP_1G_SPLIT_COUNT, gibSplits);
    putSome(metrics, Declared.DIRECT_MAP_JOIN_COUNT, joins);
    putSome(metrics, Declared.KERNEL_FLUSH_COUNT, flushes);
    putSome(metrics, Declared.PIN_EFAULT_COUNT, refused);
    metrics.put(Declared.DIRECT_MAP_HUGE_BYTES.of("start"), hugeAtStart * Units.PAGE_BYTES);
    metrics.put(Declared.DIRECT_MAP_HUGE_BYTES.of("end"), hugePages() * Units.PAGE_BYTES);
    reachable.report(metrics);
  }

  private static void putSome(Metrics metrics, Metric metric, long count) {
    if (count > 0) {
      metrics.put(metric, count);
    }
  }
}
