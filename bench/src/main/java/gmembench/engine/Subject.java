// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Memory;
import gmembench.tracker.PageMap;
import gmembench.workload.Footprint;
import gmembench.workload.Guest;
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
        workload, trace, Footprint.of(trace, workload.guest()), expected(trace, workload.guest()));
  }

  /** The hash of the state in which a trace must leave a guest. */
  static long expected(Trace trace, Guest guest) {
    return referenceHash(trace, guest.pages(), new long[0]);
  }

  /** The guest has used every page that the trace will touch, and their neighbours. */
  void populate(Memory memory) {
    footprint.withNeighbours().forEachRun((gfn, n) -> memory.touch(gfn, n, Side.PRIVATE));
  }

  /** Back to how {@link #populate} left it, keeping the private pages that are still there. */
  void reset(Memory memory) {
    if (!memory.inPlace()) {
      discard(memory, Side.SHARED);
    }
    populate(memory);
  }

  /** Nothing is left of what another strategy did. */
  void empty(Memory memory) {
    discard(memory, Side.PRIVATE);
    discard(memory, Side.SHARED);
  }

  private void discard(Memory memory, Side side) {
    PageSet pages = footprint.withNeighbours();
    pages.forEachRun((gfn, n) -> memory.discard(gfn, n, side));
  }

  /**
   * Is the map as it must be?
   *
   * @param refused numbers of conversions that were refused, and so must have changed nothing
   */
  void checkState(PageMap map, long[] refused) {
    long hash = map.hash();
    long expectedHash =
        refused.length == 0
            ? this.expectedHash
            : referenceHash(trace, workload.guest().pages(), refused);
    if (hash != expectedHash) {
      throw new WrongAnswer(
          "final state hashes to "
              + Long.toHexString(hash)
              + ", expected "
              + Long.toHexString(expectedHash));
    }
  }

  /** {@link PageMap#hash} of a boolean a page, in pieces of 1 GiB that are made when needed. */
  private static long referenceHash(Trace trace, long pages, long[] refused) {
    long[] number = {0};
    int[] next = {0};
    int shift = 18;
    boolean[][] shared = new boolean[Math.toIntExact(((pages - 1) >>> shift) + 1)][];
    int mask = (1 << shift) - 1;
    trace.forEach((atNs, vcpu, op, gfn, count) -> {
      if (!op.isConversion()) {
        return;
      }
      if (next[0] < refused.length && refused[next[0]] == number[0]++) {
        next[0]++;
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
