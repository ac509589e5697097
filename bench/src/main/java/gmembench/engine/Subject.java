// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Backing;
import gmembench.backing.Memory;
import gmembench.backing.Residency;
import gmembench.backing.Verb;
import gmembench.tracker.PageMap;
import gmembench.workload.Footprint;
import gmembench.workload.Op;
import gmembench.workload.PageSet;
import gmembench.workload.Side;
import gmembench.workload.Trace;
import gmembench.workload.Workload;
import java.util.Arrays;

/**
 * A workload made ready: its events, what they touch, and the state in which they must leave the
 * guest, by a naive array.
 */
public record Subject(Workload workload, Trace trace, Footprint footprint, long expectedHash) {
  public static Subject of(Workload workload) {
    Trace trace = workload.trace();
    return new Subject(
        workload,
        trace,
        Footprint.of(trace, workload.guest()),
        referenceHash(trace, workload.guest().pages()));
  }

  /** The guest has used every page that the trace will touch, and their neighbours. */
  void populate(Memory memory) {
    footprint.withNeighbours().forEachRun((gfn, n) -> memory.touch(gfn, n, Side.PRIVATE));
  }

  /** Back to how {@link #populate} left it, keeping the private pages that are still there. */
  void reset(Memory memory, Backing backing) {
    if (backing.residency() == Residency.FOLIOS_THEN_PAGES) {
      makeWhole(memory, backing);
      return;
    }
    if (!memory.inPlace()) {
      discard(memory, Side.SHARED, backing);
    }
    populate(memory);
  }

  /**
   * Folios may have been split, and page tables may be in the way of huge entries. To fault in new
   * folios is cheaper than to copy pages into them. The shared side is filled and emptied last: a
   * virtual machine may have given free 2M blocks back to its host, and the first touch of one
   * would be timed as if it were the kernel's work.
   */
  private void makeWhole(Memory memory, Backing backing) {
    empty(memory, backing);
    populate(memory);
    forEachFolio(backing, (gfn, pages) -> memory.apply(Verb.MERGE, gfn, pages, Side.PRIVATE));
    if (!memory.inPlace()) {
      footprint.withNeighbours().forEachRun((gfn, n) -> memory.touch(gfn, n, Side.SHARED));
      discard(memory, Side.SHARED, backing);
      forEachFolio(backing, (gfn, pages) -> memory.unmap(gfn, pages, Side.SHARED));
    }
  }

  /** Nothing is left of what another strategy did. */
  void empty(Memory memory, Backing backing) {
    discard(memory, Side.PRIVATE, backing);
    discard(memory, Side.SHARED, backing);
  }

  private void discard(Memory memory, Side side, Backing backing) {
    forEachFolio(backing, (gfn, pages) -> memory.discard(gfn, pages, side));
  }

  /** Runs of whole folios that the pages are in: what came with a page goes with it. */
  private void forEachFolio(Backing backing, PageSet.Run run) {
    long folio = 1L << backing.folioOrder();
    footprint
        .withNeighbours()
        .forEachRun((gfn, n) -> {
          long from = gfn & -folio;
          run.range(from, ((gfn + n + folio - 1) & -folio) - from);
        });
  }

  void checkState(PageMap map) {
    long hash = map.hash();
    if (hash != expectedHash) {
      throw new WrongAnswer(
          "final state hashes to "
              + Long.toHexString(hash)
              + ", expected "
              + Long.toHexString(expectedHash));
    }
  }

  /** {@link PageMap#hash} of a boolean a page, in pieces of 1 GiB that are made when needed. */
  private static long referenceHash(Trace trace, long pages) {
    int shift = 18;
    boolean[][] shared = new boolean[Math.toIntExact(((pages - 1) >>> shift) + 1)][];
    int mask = (1 << shift) - 1;
    trace.forEach((atNs, vcpu, op, gfn, count) -> {
      if (!op.isConversion()) {
        return;
      }
      for (long at = gfn, end = gfn + count; at < end; at = (at | mask) + 1) {
        int piece = (int) (at >>> shift);
        if (shared[piece] == null) {
          shared[piece] = new boolean[mask + 1];
        }
        int from = (int) at & mask;
        int to = (int) Math.min(mask + 1, from + (end - at));
        Arrays.fill(shared[piece], from, to, op == Op.TO_SHARED);
      }
    });
    return hash(shared, shift, pages);
  }

  private static long hash(boolean[][] shared, int shift, long pages) {
    long hash = 0x9e3779b97f4a7c15L ^ pages;
    boolean side = isShared(shared, shift, 0);
    for (long gfn = 1; gfn < pages; gfn++) {
      boolean here = isShared(shared, shift, gfn);
      if (here != side) {
        hash = PageMap.mix(hash, gfn * 2 + (side ? 1 : 0));
        side = here;
      }
    }
    return PageMap.mix(hash, pages * 2 + (side ? 1 : 0));
  }

  private static boolean isShared(boolean[][] shared, int shift, long gfn) {
    boolean[] piece = shared[(int) (gfn >>> shift)];
    return piece != null && piece[(int) gfn & ((1 << shift) - 1)];
  }
}
