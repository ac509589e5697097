// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import module java.base;

import gmembench.Ticks;
import gmembench.Units;
import gmembench.guest.Guest;
import gmembench.guest.PageSet;
import gmembench.guest.PerSide;
import gmembench.guest.Side;
import gmembench.linux.HugePool;
import gmembench.linux.MappedFile;
import gmembench.linux.ProcFiles;
import gmembench.result.Declared;
import gmembench.result.Metrics;
import org.jspecify.annotations.Nullable;

/**
 * Guest memory in shmem files with 2M folios. A punch of a part of a folio splits it, as far as
 * nobody holds a reference to it (then it zeroes and frees nothing); a split keeps the content; a
 * collapse copies it into a new folio and fills holes.
 *
 * <p>Which folios are split is noted from what was done here, for {@link Verb#CHECK}: a frame that
 * the kernel never made huge counts as one folio, so a check may refuse too much, never too little.
 */
final class ThpMemory implements Around, BySlots {
  static final Set<Verb> VERBS = verbs();

  private static final long FOLIO = Guest.FRAME_PAGES;

  /** A replay that splits folios frees them in pieces, and takes new ones: some hundred. */
  static final long MOST_SPARE_BYTES = 1L << 30;

  /** A small guest has few that it could take anew. */
  private static final long SPARE_PER_GUEST = 16;

  private static final String SPLITS = "thp_split_page";
  private static final String COLLAPSES = "thp_collapse_alloc";
  private static final String FAULTS = "thp_file_alloc";
  private static final String FALLBACKS = "thp_file_fallback";

  private final FileMemory files;
  private final PerSide<PageSet> splitFrames;
  private long hugeMappedStart;
  private long splitsStart;
  private long collapsesStart;
  private long faultsStart;
  private long fallbacksStart;
  private final LongAdder collapsesRefused = new LongAdder();
  private @Nullable MappedFile spare;

  ThpMemory(Guest guest, boolean inPlace) {
    this.files =
        new FileMemory(
            guest,
            PerSide.of(
                inPlace, side -> MappedFile.hugeShmem(FileMemory.name(side), guest.fileBytes())));
    long frames = (guest.filePages() - 1) / FOLIO + 1;
    this.splitFrames = PerSide.of(inPlace, side -> new PageSet(frames));
  }

  private static Set<Verb> verbs() {
    Set<Verb> verbs = EnumSet.of(Verb.SPLIT, Verb.SHATTER, Verb.MERGE);
    verbs.addAll(FileMemory.verbsBut(Verb.POPULATE));
    return Collections.unmodifiableSet(verbs);
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
    return switch (verb) {
      case SPLIT, SHATTER -> eachFrame(page, pages, frame -> split(frame, side));
      case MERGE -> eachFrame(page, pages, frame -> merge(frame, side));
      case CHECK -> notHeld(page, pages, side);
      case DISCARD -> {
        files.apply(verb, gfn, page, pages, side);
        discarded(page, pages, side);
        yield pages;
      }
      default -> files.apply(verb, gfn, page, pages, side);
    };
  }

  /** Empty page tables would be in the way of huge entries, so these go as well. */
  @Override
  public void empty(Side side) {
    files.empty(side);
    files.file(side).unmapPages(0, files.file(side).bytes());
    synchronized (this) {
      splitFrames.of(side).remove(0, files.file(side).bytes() / HugePool.PAGE_2M);
    }
  }

  private interface Step {
    boolean done(long frame);
  }

  /** Goes through the frames that a range is in, up to the first that the kernel refuses. */
  private static long eachFrame(long page, long pages, Step step) {
    long end = page + pages;
    for (long at = page; at < end; at = (at | (FOLIO - 1)) + 1) {
      if (!step.done(at / FOLIO)) {
        return at - page;
      }
    }
    return pages;
  }

  private boolean split(long frame, Side side) {
    boolean done = isSplit(frame, side) || files.file(side).split(frame * FOLIO * Units.PAGE_BYTES);
    if (done) {
      noteSplit(frame, side, true);
    }
    return done;
  }

  private boolean merge(long frame, Side side) {
    boolean done = files.file(side).collapse(frame * FOLIO * Units.PAGE_BYTES);
    if (done) {
      noteSplit(frame, side, false);
    } else {
      collapsesRefused.increment();
    }
    return done;
  }

  /** A whole frame starts anew; of a part's folio only pages are left, unless it is pinned. */
  private void discarded(long page, long pages, Side side) {
    eachFrame(
        page,
        pages,
        frame -> {
          long first = frame * FOLIO;
          if (page <= first && first + FOLIO <= page + pages) {
            noteSplit(frame, side, false);
          } else if (files.pins(side).firstHeld(first, first + FOLIO) == first + FOLIO) {
            noteSplit(frame, side, true);
          }
          return true;
        });
  }

  private long notHeld(long page, long pages, Side side) {
    long end = page + pages;
    for (long at = page; at < end; ) {
      long first = at & -FOLIO;
      long next = first + FOLIO;
      Pins pins = files.pins(side);
      if (isSplit(first / FOLIO, side)) {
        long held = pins.firstHeld(at, Math.min(end, next));
        if (held < Math.min(end, next)) {
          return held - page;
        }
      } else if (pins.firstHeld(first, next) < next) {
        return at - page;
      }
      at = next;
    }
    return pages;
  }

  private synchronized boolean isSplit(long frame, Side side) {
    return splitFrames.of(side).contains(frame);
  }

  private synchronized void noteSplit(long frame, Side side, boolean isSplit) {
    PageSet frames = splitFrames.of(side);
    if (isSplit) {
      frames.add(frame, 1);
    } else {
      frames.remove(frame, 1);
    }
  }

  @Override
  public int folioOrder() {
    return Long.numberOfTrailingZeros(FOLIO);
  }

  long hugeMappedBytes() {
    return files.hugeMappedBytes(HugePool.PAGE_2M);
  }

  /** Folios that were used just now are those that the kernel takes first. */
  @Override
  public void recycle() {
    if (spare == null) {
      long bytes = Math.min(MOST_SPARE_BYTES, SPARE_PER_GUEST * guest().fileBytes());
      long folios = Ticks.here().repeat(bytes / HugePool.PAGE_2M);
      spare = MappedFile.hugeShmem("gmembench-spare", folios * HugePool.PAGE_2M);
    }
    for (long at = 0; at < spare.bytes(); at += HugePool.PAGE_2M) {
      spare.setLong(at, 1);
    }
    spare.punchHole(0, spare.bytes());
  }

  @Override
  public void close() {
    files.close();
    if (spare != null) {
      spare.close();
    }
  }

  @Override
  public void restart() {
    files.restart();
    collapsesRefused.reset();
    splitsStart = ProcFiles.vmstat(SPLITS);
    collapsesStart = ProcFiles.vmstat(COLLAPSES);
    faultsStart = ProcFiles.vmstat(FAULTS);
    fallbacksStart = ProcFiles.vmstat(FALLBACKS);
    hugeMappedStart = files.hugeMappedBytes(HugePool.PAGE_2M);
  }

  /** The counts are of the whole system: nobody else should use huge pages meanwhile. */
  @Override
  public void report(Metrics metrics) {
    metrics.put(Declared.HUGE_MAPPED_BYTES.of("start"), hugeMappedStart);
    metrics.put(Declared.HUGE_MAPPED_BYTES.of("end"), files.hugeMappedBytes(HugePool.PAGE_2M));
    metrics.put(MemfdThp.KERNEL_SPLIT_COUNT, ProcFiles.vmstat(SPLITS) - splitsStart);
    metrics.put(MemfdThp.KERNEL_COLLAPSE_COUNT, ProcFiles.vmstat(COLLAPSES) - collapsesStart);
    metrics.put(MemfdThp.KERNEL_COLLAPSE_REFUSED_COUNT, collapsesRefused.sum());
    metrics.put(MemfdThp.HUGE_FAULT_COUNT, ProcFiles.vmstat(FAULTS) - faultsStart);
    metrics.put(MemfdThp.HUGE_FALLBACK_COUNT, ProcFiles.vmstat(FALLBACKS) - fallbacksStart);
  }
}
