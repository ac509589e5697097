// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.InputException;
import gmembench.backing.Backing;
import gmembench.backing.Granularity;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.trace.Footprint;
import gmembench.trace.Trace;
import gmembench.tracker.PageMap;
import gmembench.workload.Workload;

/**
 * A workload made ready in one pass: its events, what they touch, and the state in which they must
 * leave the guest, by a set of pages that no tracker has a part in.
 */
public record Subject(Workload workload, Trace trace, Footprint footprint, long expectedHash) {
  public static Subject of(Workload workload) {
    Footprint.Count count = new Footprint.Count(workload.guest());
    Trace trace = workload.trace(count::add);
    if (count.asksBeforeStart()) {
      throw new InputException(
          workload.name(), "a vCPU asks or touches before its start", "host_ ops before start");
    }
    Footprint footprint = count.footprint();
    return new Subject(
        workload, trace, footprint, hash(footprint.sharedAtEnd(), workload.guest().pages()));
  }

  /** A workload with this trace, whatever its source says. */
  public static Subject of(Workload workload, Trace trace) {
    Footprint footprint = Footprint.of(trace, workload.guest());
    return new Subject(
        workload, trace, footprint, hash(footprint.sharedAtEnd(), workload.guest().pages()));
  }

  /**
   * A guest that ran before has used every page that the trace will touch, and their neighbours.
   */
  public void populate(Memory memory) {
    if (workload.memory() == Workload.Memory.EMPTY) {
      return;
    }
    footprint.withNeighbours().forEachRun((gfn, n) -> memory.touch(gfn, n, Side.PRIVATE));
  }

  /** Back to how {@link #populate} left it, keeping the private pages that are still there. */
  public void reset(Memory memory, Backing backing) {
    if (workload.memory() == Workload.Memory.EMPTY) {
      empty(memory, backing);
      return;
    } else if (backing.granularity() == Granularity.FOLIOS_THEN_PAGES) {
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
    footprint
        .withNeighbours()
        .forEachRun((gfn, n) -> memory.apply(Verb.MERGE, gfn, n, Side.PRIVATE));
    if (!memory.inPlace()) {
      footprint.withNeighbours().forEachRun((gfn, n) -> memory.touch(gfn, n, Side.SHARED));
      memory.empty(Side.SHARED);
    }
  }

  /** Nothing is left of what another strategy did. */
  public void empty(Memory memory, Backing backing) {
    discard(memory, Side.PRIVATE, backing);
    discard(memory, Side.SHARED, backing);
  }

  /** What came in a folio with a page goes with it. */
  private void discard(Memory memory, Side side, Backing backing) {
    if (backing.granularity() == Granularity.PAGES) {
      footprint.withNeighbours().forEachRun((gfn, n) -> memory.discard(gfn, n, side));
    } else {
      memory.empty(side);
    }
  }

  /**
   * Is the map as it must be?
   *
   * @param refused numbers of conversions that were refused, and so must have changed nothing
   */
  public void checkState(PageMap map, long[] refused) {
    long hash = map.hash();
    long expected =
        refused.length == 0
            ? expectedHash
            : hash(sharedAfter(Long.MAX_VALUE, refused), map.pages());
    if (hash != expected) {
      throw wrongMap(map, Long.MAX_VALUE, refused);
    }
  }

  /**
   * Says where a map is not what it must be after so many conversions.
   *
   * @param refused as for {@link #checkState}
   */
  public WrongAnswer wrongMap(PageMap map, long conversions, long[] refused) {
    try {
      compare(map, sharedAfter(conversions, refused), 0, map.pages());
    } catch (WrongAnswer e) {
      return e;
    }
    return new WrongAnswer("the page map is right page by page, and its hash is not");
  }

  /** Is every page of a range on the side on which a set that no tracker has a part in has it? */
  static void compare(PageMap map, PageSet shared, long from, long end) {
    for (long at = from; at < end; ) {
      Side side = side(shared, at);
      long next = shared.runEnd(at, end);
      long until = map.get(at) == side ? map.runEnd(at, next) : at;
      if (until < next) {
        throw new WrongAnswer(until, map.get(until), "by the page map", side.text());
      }
      at = next;
    }
  }

  private PageSet sharedAfter(long conversions, long[] refused) {
    PageSet shared = new PageSet(workload.guest().pages());
    long[] number = {0};
    int[] next = {0};
    trace.forEach((atNs, vcpu, op, gfn, pages) -> {
      if (!op.isConversion() || number[0] == conversions) {
        return;
      } else if (next[0] < refused.length && refused[next[0]] == number[0]) {
        next[0]++;
      } else if (op.side() == Side.SHARED) {
        shared.add(gfn, pages);
      } else {
        shared.remove(gfn, pages);
      }
      number[0]++;
    });
    return shared;
  }

  /** {@link PageMap#hash} of these pages shared. */
  private static long hash(PageSet shared, long pages) {
    long hash = 0x9e3779b97f4a7c15L ^ pages;
    for (long at = 0; at < pages; ) {
      Side side = side(shared, at);
      at = shared.runEnd(at, pages);
      hash = PageMap.mix(hash, at * 2 + side.ordinal());
    }
    return hash;
  }

  static Side side(PageSet shared, long gfn) {
    return shared.contains(gfn) ? Side.SHARED : Side.PRIVATE;
  }
}
