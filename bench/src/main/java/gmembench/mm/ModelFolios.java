// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import gmembench.Units;
import gmembench.backing.Backing;
import gmembench.backing.InPlaceRules.Check;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.PerSide;
import gmembench.guest.Side;
import gmembench.guest.Slot;
import gmembench.result.Declared;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The files of a modelled guest, what verbs do to them, and what of them can be mapped huge. */
public final class ModelFolios {
  private final Guest guest;
  private final int order;

  /** Parts of slots that entries of 2M, and of 1G, may map. */
  private final List<Slot> frames;

  private final List<Slot> gibs;
  private final Effects effects;
  private final PerSide<ModelFile> files;
  private final IntSupplier cpu;

  /** Missing where nothing is on the LRU, or no check asks. */
  private final @Nullable LruBatches batches;

  private long drains;
  private long drainsOfAll;
  private long refusedForNothing;
  private long split;

  /** Conversions to private of what is held or mapped still. */
  private long unsafe;

  /**
   * @param effects where it is counted what verbs do
   * @param countsAll also what pages cost in page tables and page cache
   * @param cpu of the caller, below {@code cpus}
   */
  public ModelFolios(
      Guest guest, Backing backing, Effects effects, boolean countsAll, int cpus, IntSupplier cpu) {
    this.guest = guest;
    this.order = backing.folioOrder();
    this.frames = backing.hugeParts(guest, 1L << PageMap.ORDER_2M);
    this.gibs = backing.hugeParts(guest, 1L << PageMap.ORDER_1G);
    this.effects = effects;
    this.cpu = cpu;
    this.batches = effects.inPlace() && !backing.isHugetlb() ? new LruBatches(cpus) : null;
    this.files =
        PerSide.of(
            effects.inPlace(),
            side -> ModelFile.open(guest.filePages(), backing, effects, countsAll, side));
  }

  /** The same in one slot at gfn 0, on one CPU. */
  public ModelFolios(long guestPages, Backing backing, Effects effects, boolean countsAll) {
    this(new Guest(guestPages, 1), backing, effects, countsAll, 1, () -> 0);
  }

  public ModelFile of(Side side) {
    return files.of(side);
  }

  /** A range of the guest was converted. */
  public void set(long gfn, long count, Side side) {
    boolean mayBeLeft = side == Side.PRIVATE && effects.rules().check() != Check.REFCOUNT;
    boolean isUsed = false;
    for (long at = gfn, end = gfn + count; effects.inPlace() && at < end; ) {
      long next = guest.pieceEnd(at, end);
      of(side).set(guest.page(at), next - at, side);
      isUsed |= mayBeLeft && of(side).isUsed(guest.page(at), next - at);
      at = next;
    }
    unsafe += isUsed ? 1 : 0;
  }

  /** Folios that the last discard has split because it was of a part of them. */
  public long split() {
    return split;
  }

  /** Does a verb, pins aside; returns how many pages were done. */
  public long apply(Verb verb, long gfn, long count, Side side) {
    effects.begin();
    ModelFile file = of(side);
    if (batches != null && (verb.effect() == Verb.TOUCH || verb == Verb.ALLOCATE)) {
      note(batches, file, gfn, gfn + count, side);
    }
    long done = file.apply(verb, gfn, count, side);
    split = file.split();
    return verb == Verb.CHECK && batches != null ? settle(batches, gfn, done) : done;
  }

  /** Pages that are not there yet come, by the caller's CPU. */
  private void note(LruBatches to, ModelFile file, long gfn, long end, Side side) {
    Ledger ledger = effects.ledger();
    long at = ledger.nextAbsent(gfn, end, side);
    while (at < end) {
      long until = ledger.next(at, ModelFile.frameEnd(at, end), side);
      if (file.order(at) == 0) {
        to.add(cpu.getAsInt(), at, until - at);
      }
      at = ledger.nextAbsent(until, end, side);
    }
  }

  /**
   * A check sees pages that wait for the LRU: it drains the caller's batch, and if that is not
   * enough all of them, or says EAGAIN (lru_cache_drain_for_folio, since v10 of the series).
   */
  private long settle(LruBatches of, long gfn, long done) {
    Check check = effects.rules().check();
    long first = check.isOfCount() ? of.first(gfn, gfn + done) : gfn + done;
    if (first == gfn + done) {
      return done;
    } else if (check == Check.REFCOUNT_UNDRAINED) {
      refusedForNothing++;
      return first - gfn;
    }
    if (of.first(cpu.getAsInt(), gfn, gfn + done) < gfn + done) {
      of.drain(cpu.getAsInt());
      drains++;
      effects.counts().add(Term.ONCE_DRAIN, 1);
    }
    if (of.first(gfn, gfn + done) < gfn + done) {
      drainsOfAll++;
      effects.counts().add(Term.PER_DRAINED_CPU, of.drainAll());
    }
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
   * all on one side (KVM maps no mixed frame huge), in a slot that has them where the file has
   * (kvm_alloc_memslot_metadata). -1 if there are no huge folios.
   */
  public long hugeMappedBytes(PageMap map) {
    return order == 0
        ? -1
        : sum(map, frames, ModelFile::hugeFrames) * Guest.FRAME_PAGES * Units.PAGE_BYTES;
  }

  /** What of that can be mapped by entries of 1G; -1 if there are no folios of 1G. */
  public long gibMappedBytes(PageMap map) {
    return order == PageMap.ORDER_1G ? sum(map, gibs, ModelFile::gibs) << 30 : -1;
  }

  /** Counts something in the range of a file, which is aligned as the guest's is. */
  private interface Count {
    long in(ModelFile file, long from, long to);
  }

  /** Over the ranges of these parts that are on one side, which the map tells, or the file. */
  private long sum(PageMap map, List<Slot> parts, Count count) {
    long sum = 0;
    boolean inFile = of(Side.PRIVATE).knowsSides();
    for (Slot part : parts) {
      for (long at = part.gfn(), limit = part.endGfn(); at < limit; ) {
        long end = inFile ? limit : map.runEnd(at, limit);
        sum += count.in(of(map.get(at)), part.page(at), part.page(end));
        at = end;
      }
    }
    return sum;
  }

  public void restart() {
    files.all().forEach(ModelFile::restart);
    unsafe = 0;
    drains = 0;
    drainsOfAll = 0;
    refusedForNothing = 0;
  }

  /** Nothing of folios if there are only 4K ones. */
  public void report(Metrics metrics) {
    if (order > 0) {
      files.all().forEach(file -> file.report(metrics));
    }
    if (effects.rules().check() != Check.REFCOUNT) {
      metrics.put(Declared.UNSAFE_CONVERSIONS, unsafe);
      metrics.put(Declared.REFUSED_FOR_NOTHING, refusedForNothing);
    }
    if (drains + drainsOfAll > 0) {
      metrics.put(Declared.LRU_DRAINS, drains);
      metrics.put(Declared.LRU_DRAINS_OF_ALL, drainsOfAll);
    }
  }
}
