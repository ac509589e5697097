// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.mm.Counts;
import gmembench.mm.MixedFlags;
import gmembench.mm.Term;
import gmembench.tracker.PageMap;

/** The mixed flags of a guest whose sides are in a page map: what looks it takes to keep them. */
final class TrackedFrames implements MixedFlags.Pages {
  private final PageMap map;
  private final MixedFlags flags;
  private final Counts counts = new Counts();

  TrackedFrames(Guest guest, PageMap map) {
    this.map = map;
    this.flags = new MixedFlags(guest, this);
  }

  boolean areAll(long gfn, long pages, Side side) {
    return map.get(gfn) == side && map.isUniform(gfn, pages);
  }

  /**
   * A range was put on a side, where some of it was not: returns what it takes to find the flags.
   */
  long ns(long gfn, long pages, Side side, Costs.Step step) {
    counts.clear();
    flags.update(gfn, gfn + pages, side, counts);
    return counts.of(Term.PER_SCANNED) * step.lookNs() + counts.of(Term.PER_ASKED) * step.askNs();
  }

  @Override
  public boolean areAll(long gfn, long end, Side side, Counts looked) {
    looked.add(Term.PER_SCANNED, map.looks(gfn, end - gfn, side));
    return areAll(gfn, end - gfn, side);
  }

  @Override
  public Side get(long gfn) {
    return map.get(gfn);
  }
}
