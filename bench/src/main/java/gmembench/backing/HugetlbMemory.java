// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import module java.base;

import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.guest.PerSide;
import gmembench.guest.Side;
import gmembench.linux.HugePool;
import gmembench.linux.LinuxException;
import gmembench.linux.MappedFile;
import gmembench.result.Declared;
import gmembench.result.Metrics;

/**
 * Guest memory in hugetlb files, the shared side perhaps in regular memory. What is different from
 * shmem:
 *
 * <ul>
 *   <li>A punch of a part of a folio zeroes that part and frees nothing; only a punch of all of it
 *       gives it back.
 *   <li>Page tables know nothing smaller than a folio, so an unmap takes all of those that the
 *       range is in, and a pin holds all of its folio.
 *   <li>A touch where the pool is empty is a SIGBUS. So a folio that is not there is faulted in by
 *       MADV_POPULATE_WRITE, which has an error code, before it is written to.
 * </ul>
 */
final class HugetlbMemory implements Around, BySlots {
  /** There is no splitting or collapsing of hugetlb folios in Linux. */
  static final Set<Verb> VERBS = FileMemory.verbsBut(Verb.POPULATE); // it has no write(2)

  private final FileMemory files;
  private final long folioBytes;
  private final long folioPages;

  /** Which are there; nothing of a side that is not in hugetlb. */
  private final PerSide<boolean[]> folios;

  private long hugeMappedStart;
  private long gibMappedStart;

  private HugetlbMemory(
      PerSide<MappedFile> files, Guest guest, HugePool pool, boolean isSharedHuge) {
    this.files = new FileMemory(guest, files);
    this.folioBytes = pool.pageBytes();
    this.folioPages = folioBytes / Units.PAGE_BYTES;
    int count = Math.toIntExact((guest.filePages() - 1) / folioPages + 1);
    this.folios =
        PerSide.of(
            files.isOne(), side -> new boolean[side == Side.PRIVATE || isSharedHuge ? count : 0]);
  }

  static Memory open(HugePool pool, Guest guest, boolean inPlace, boolean isSharedHuge) {
    PerSide<MappedFile> files =
        PerSide.of(
            inPlace,
            side ->
                side == Side.PRIVATE || isSharedHuge
                    ? MappedFile.hugetlb(FileMemory.name(side), guest.fileBytes(), pool.pageBytes())
                    : MappedFile.memfd(FileMemory.name(side), guest.fileBytes()));
    return new HugetlbMemory(files, guest, pool, isSharedHuge);
  }

  private boolean isHuge(Side side) {
    return folios.of(side).length > 0;
  }

  /** Is there a page in the pool at all? To take one would cost up to seconds at 1G. */
  static Support probe(Backing backing, HugePool pool) {
    try {
      MappedFile.hugetlb("gmembench-probe", pool.pageBytes(), pool.pageBytes()).close();
      return backing.room(1, 0);
    } catch (LinuxException e) {
      return Support.no(e);
    }
  }

  @Override
  public Memory memory() {
    return files;
  }

  @Override
  public Guest guest() {
    return files.guest();
  }

  @Override
  public long apply(Verb verb, long gfn, long page, long pages, Side side) {
    if (!isHuge(side)) {
      return files.apply(verb, gfn, page, pages, side);
    }
    long first = page / folioPages;
    long end = (page + pages - 1) / folioPages + 1;
    switch (verb) {
      case TOUCH, HOST_TOUCH, COPY, COPY_IN -> populate(first, end, side);
      case DISCARD -> discarded(page, pages, side);
      case UNMAP -> {
        files.file(side).unmapPages(first * folioBytes, (end - first) * folioBytes);
        return pages;
      }
      case CHECK -> {
        long held = files.pins(side).firstHeld(first * folioPages, end * folioPages);
        return Math.clamp(held / folioPages * folioPages - page, 0, pages);
      }
      default -> {}
    }
    return files.apply(verb, gfn, page, pages, side);
  }

  @Override
  public void empty(Side side) {
    files.empty(side);
    Arrays.fill(folios.of(side), false);
  }

  private void populate(long first, long end, Side side) {
    boolean[] folios = this.folios.of(side);
    for (int folio = (int) first; folio < end; folio++) {
      if (!folios[folio]) {
        files.file(side).populate(folio * folioBytes, folioBytes);
        folios[folio] = true;
      }
    }
  }

  private void populate(long gfn, Side side) {
    if (isHuge(side)) {
      long folio = guest().page(gfn) / folioPages;
      populate(folio, folio + 1, side);
    }
  }

  /** Only folios of which all is punched at once are given back. */
  private void discarded(long page, long pages, Side side) {
    int first = (int) ((page + folioPages - 1) / folioPages);
    int end = (int) ((page + pages) / folioPages);
    if (first < end) {
      Arrays.fill(folios.of(side), first, end, false);
    }
  }

  @Override
  public int folioOrder() {
    return Long.numberOfTrailingZeros(folioPages);
  }

  @Override
  public void restart() {
    files.restart();
    hugeMappedStart = files.hugeMappedBytes(HugePool.PAGE_2M);
    gibMappedStart = folioBytes == HugePool.PAGE_1G ? files.hugeMappedBytes(HugePool.PAGE_1G) : 0;
  }

  @Override
  public void report(Metrics metrics) {
    metrics.put(Declared.HUGE_MAPPED_BYTES.of("start"), hugeMappedStart);
    metrics.put(Declared.HUGE_MAPPED_BYTES.of("end"), files.hugeMappedBytes(HugePool.PAGE_2M));
    if (folioBytes == HugePool.PAGE_1G) {
      metrics.put(Declared.HUGE_MAPPED_1G_BYTES.of("start"), gibMappedStart);
      metrics.put(Declared.HUGE_MAPPED_1G_BYTES.of("end"), files.hugeMappedBytes(HugePool.PAGE_1G));
    }
  }

  @Override
  public long read(long gfn, Side side) {
    populate(gfn, side);
    return files.read(gfn, side);
  }

  @Override
  public boolean isZero(long gfn, Side side) {
    populate(gfn, side);
    return files.isZero(gfn, side);
  }
}
