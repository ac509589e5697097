// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.Units;
import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.PerSide;
import gmembench.guest.Side;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;

/** The files of a modelled guest, what verbs do to them, and what of them can be mapped huge. */
public final class ModelFolios {
  private final long guestPages;
  private final int order;
  private final Effects effects;
  private final PerSide<ModelFile> files;
  private long split;

  /** What KVM maps large stays so where folios are split. */
  public ModelFolios(long guestPages, Backing backing, Effects effects, boolean countsAll) {
    this(guestPages, backing, effects, countsAll, true);
  }

  /**
   * @param effects where it is counted what verbs do
   * @param countsAll also what pages cost in page tables and page cache
   * @param keepsLarge KVM maps what one folio was by one entry, though it is 4K folios now
   */
  public ModelFolios(
      long guestPages, Backing backing, Effects effects, boolean countsAll, boolean keepsLarge) {
    this.guestPages = guestPages;
    this.order = backing.folioOrder();
    this.effects = effects;
    this.files =
        PerSide.of(
            effects.inPlace(),
            side -> ModelFile.open(guestPages, backing, effects, countsAll, keepsLarge, side));
  }

  public ModelFile of(Side side) {
    return files.of(side);
  }

  /** A range was converted. */
  public void set(long gfn, long count, Side side) {
    if (effects.inPlace()) {
      of(side).set(gfn, count, side);
    }
  }

  /** Folios that the last discard has split because it was of a part of them. */
  public long split() {
    return split;
  }

  /** Does a verb, pins aside; returns how many pages were done. */
  public long apply(Verb verb, long gfn, long count, Side side) {
    effects.begin();
    long done = of(side).apply(verb, gfn, count, side);
    split = of(side).split();
    return done;
  }

  /** Takes a reference to each page, which it maps first. */
  public void pin(long gfn, long count, Side side) {
    effects.begin();
    of(side).pin(gfn, count, side);
  }

  /** Drops these references; what is not there is not dropped. */
  public void unpin(long gfn, long count, Side side) {
    effects.begin();
    of(side).unpin(gfn, count);
  }

  /** Struct pages that are there only because folios were split; -1 if no folio gives them back. */
  public long vmemmapLostBytes() {
    return of(Side.PRIVATE).lostBytes();
  }

  /**
   * What of the guest can be mapped by entries of 2M or more: frames that are in a huge folio and
   * all on one side (KVM maps no mixed frame huge). -1 if there are no huge folios.
   */
  public long hugeMappedBytes(PageMap map) {
    return order == 0 ? -1 : sum(map, ModelFile::hugeFrames) * Guest.FRAME_PAGES * Units.PAGE_BYTES;
  }

  /** What of that can be mapped by entries of 1G; -1 if there are no folios of 1G. */
  public long gibMappedBytes(PageMap map) {
    return order == PageMap.ORDER_1G ? sum(map, ModelFile::gibs) << 30 : -1;
  }

  /** Counts something in the range of a file. */
  private interface Count {
    long in(ModelFile file, long from, long to);
  }

  /** Over the ranges of the guest that are on one side. */
  private long sum(PageMap map, Count count) {
    long sum = 0;
    for (long at = 0; at < guestPages; ) {
      long end = map.runEnd(at, guestPages);
      sum += count.in(of(map.get(at)), at, end);
      at = end;
    }
    return sum;
  }

  public void restart() {
    files.all().forEach(ModelFile::restart);
  }

  /** Nothing if there are only 4K folios. */
  public void report(Metrics metrics) {
    if (order > 0) {
      files.all().forEach(file -> file.report(metrics));
    }
  }
}
