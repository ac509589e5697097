// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import module java.base;

import gmembench.guest.Guest;
import gmembench.guest.PageSet;
import gmembench.guest.Side;

/**
 * What a trace does, counted in one pass.
 *
 * @param toShared conversions to shared
 * @param toPrivate conversions to private
 * @param pagesToShared pages in them
 * @param pagesToPrivate pages in them
 * @param ops every op that it has
 * @param touched every page that an event names
 * @param withNeighbours these and the pages beside each run, as far as there is memory, whose
 *     content must survive
 * @param sharedAtEnd pages that are shared when all is over
 * @param used pages that are there on a side at some time, if memory was empty: all but those that
 *     the host converts and nobody uses
 * @param usedShared those of them that are used on the shared side
 */
public record Footprint(
    long toShared,
    long toPrivate,
    long pagesToShared,
    long pagesToPrivate,
    Set<Op> ops,
    PageSet touched,
    PageSet withNeighbours,
    PageSet sharedAtEnd,
    PageSet used,
    PageSet usedShared) {

  public static Footprint of(Trace trace, Guest guest) {
    Count count = new Count(guest);
    try (Trace.Batches batches = trace.open()) {
      for (Batch b = batches.next(); b != null; b = batches.next()) {
        count.add(b);
      }
    }
    return count.footprint();
  }

  public long conversions() {
    return toShared + toPrivate;
  }

  /** Does anyone take or drop a long reference? */
  public boolean pins() {
    return ops.contains(Op.PIN) || ops.contains(Op.UNPIN);
  }

  /** Counts while someone else reads a trace from its beginning. */
  public static final class Count {
    private final Guest guest;
    private final PageSet touched;
    private final PageSet shared;
    private final PageSet used;
    private final PageSet usedShared;
    private final long[] conversions = new long[Side.values().length];
    private final long[] pages = new long[Side.values().length];
    private final boolean[] ops = new boolean[Op.values().length];
    private boolean asksBeforeStart;

    public Count(Guest guest) {
      this.guest = guest;
      this.touched = new PageSet(guest.pages());
      this.shared = new PageSet(guest.pages());
      this.used = new PageSet(guest.pages());
      this.usedShared = new PageSet(guest.pages());
    }

    public void add(Batch batch) {
      for (int i = 0; i < batch.size; i++) {
        add(Op.of(batch.op[i]), batch.gfn[i], batch.pages[i]);
      }
    }

    private void add(Op op, long gfn, long count) {
      touched.add(gfn, count);
      if (!op.isHostsConversion()) {
        used.add(gfn, count);
        if (op.side() == Side.SHARED || op == Op.COPY || op == Op.POPULATE) {
          usedShared.add(gfn, count);
        }
      }
      if (!ops[op.ordinal()]) {
        asksBeforeStart |= op == Op.START && hasGuest();
        ops[op.ordinal()] = true;
      }
      if (op.isConversion()) {
        conversions[op.side().ordinal()]++;
        int side = op.side().ordinal();
        pages[side] = Math.addExact(pages[side], count);
        if (op.side() == Side.SHARED) {
          shared.add(gfn, count);
        } else {
          shared.remove(gfn, count);
        }
      }
    }

    /** Does a vCPU ask for, or touch, anything before the first {@code start}? */
    public boolean asksBeforeStart() {
      return asksBeforeStart;
    }

    private boolean hasGuest() {
      return ops[Op.TO_SHARED.ordinal()]
          || ops[Op.TO_PRIVATE.ordinal()]
          || ops[Op.TOUCH_SHARED.ordinal()]
          || ops[Op.TOUCH_PRIVATE.ordinal()];
    }

    public Footprint footprint() {
      PageSet wide = new PageSet(guest.pages());
      touched.forEachRun((gfn, count) -> {
        long from = guest.has(gfn - 1, 1) ? gfn - 1 : gfn;
        long end = gfn + count;
        wide.add(from, (guest.has(end, 1) ? end + 1 : end) - from);
      });
      return new Footprint(
          conversions[Side.SHARED.ordinal()],
          conversions[Side.PRIVATE.ordinal()],
          pages[Side.SHARED.ordinal()],
          pages[Side.PRIVATE.ordinal()],
          Arrays.stream(Op.values())
              .filter(op -> ops[op.ordinal()])
              .collect(Collectors.toUnmodifiableSet()),
          touched,
          wide,
          shared,
          used,
          usedShared);
    }
  }
}
