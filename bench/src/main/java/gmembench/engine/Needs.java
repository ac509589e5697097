// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import module java.base;

import gmembench.Units;
import gmembench.backing.Backing;
import gmembench.backing.Support;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.strategy.Strategy;
import gmembench.trace.Footprint;
import gmembench.trace.Op;
import org.jspecify.annotations.Nullable;

/**
 * What a replay needs, and whether it can be had: the one place that decides it. A backing offers
 * verbs and memory live, a cost profile verbs on the model; validate asks both.
 */
public final class Needs {
  /** A strategy that calls these takes a folio to begin at a gfn that is a multiple of it. */
  private static final Predicate<Verb> OF_FOLIOS =
      EnumSet.of(Verb.SPLIT, Verb.SHATTER, Verb.MERGE, Verb.CHECK)::contains;

  private static final long HEAP_BYTES = 24 << 20;
  private static final long HEAP_BYTES_A_PAGE = 5;

  private Needs() {}

  /** Every conversion is followed by touches, whatever a strategy says that it needs. */
  public static Set<Verb> of(Strategy strategy) {
    Set<Verb> needs = EnumSet.of(Verb.TOUCH);
    needs.addAll(strategy.needs());
    return needs;
  }

  /** Why a strategy cannot have the slots of a block's guest, or null if it can. */
  public static @Nullable String whyNot(Block block, Strategy strategy) {
    Backing backing = block.backing();
    Guest guest = block.workload().guest();
    String refused = backing.refuses(guest);
    boolean knowsFolios = backing.folioOrder() > 0 && strategy.needs().stream().anyMatch(OF_FOLIOS);
    return refused != null
            || !knowsFolios
            || guest.isFlat()
            || guest.isAligned(1L << backing.folioOrder())
        ? refused
        : strategy.name() + " finds folios by gfn, and a slot's are elsewhere: " + backing.name();
  }

  /** What a trace does beside conversions and touches: pins, allocations, images copied in. */
  public static Set<Verb> of(Footprint footprint) {
    Set<Verb> needs = EnumSet.noneOf(Verb.class);
    if (footprint.pins()) {
      needs.add(Verb.PIN);
      needs.add(Verb.UNPIN);
    }
    Map.of(Op.ALLOCATE, Verb.ALLOCATE, Op.COPY, Verb.COPY_IN, Op.POPULATE, Verb.POPULATE)
        .forEach((op, verb) -> {
          if (footprint.ops().contains(op)) {
            needs.add(verb);
          }
        });
    return needs;
  }

  /** Why a strategy cannot have a trace's pins, which in place are of the private file, or null. */
  public static @Nullable String whyNot(Footprint footprint, Backing backing, Strategy strategy) {
    return footprint.pins() && strategy.inPlace() && !backing.verbs(Side.PRIVATE).contains(Verb.PIN)
        ? backing.name() + " has no pin of private memory, which " + strategy.name() + " shares"
        : null;
  }

  /** Why the memory that a live run of a block takes cannot be had, or null if it can. */
  public static @Nullable String noRoom(Block block, Footprint footprint, int threads) {
    Support room =
        block
            .backing()
            .room(block.privateFolios(footprint, threads), block.sharedFolios(footprint, threads));
    return room instanceof Support.No(String reason) ? reason : null;
  }

  /**
   * What is said of a replay for which the heap was too small. The estimate is of a page map of a
   * bit a page, and of what strategies keep of each page that the trace uses; the collector has it
   * in two thirds of the heap.
   */
  public static String moreHeap(Block block, Footprint footprint) {
    long pages = block.workload().guest().pages();
    long used = footprint.withNeighbours().size();
    long kept = block.workload().vms() * (pages / 8 + used * HEAP_BYTES_A_PAGE) + HEAP_BYTES;
    long bytes = kept + kept / 2;
    long most = Runtime.getRuntime().maxMemory();
    return "needs about %s of heap, has %s: GMEMBENCH_HEAP"
        .formatted(Units.size(bytes > most ? bytes : 2 * most), Units.size(most));
  }

  /** Why the first of these verbs that is missing cannot be done, or null if none is. */
  public static @Nullable String whyNot(Set<Verb> needs, Function<Verb, Support> offered) {
    for (Verb verb : needs) {
      if (offered.apply(verb) instanceof Support.No(String reason)) {
        return reason;
      }
    }
    return null;
  }
}
