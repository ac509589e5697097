// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Verb;
import gmembench.workload.PageSet;
import gmembench.workload.Side;

/** Which pages are in page tables. */
interface Mappings {
  /** The guest touches a range; returns entries that were made. */
  long add(long gfn, long pages, Side side);

  /** A discard or an unmap of a range; returns entries that were zapped. */
  long remove(Verb verb, long gfn, long pages, Side side);

  /** One VM's. */
  record OfOne(PageSet ofPrivate, PageSet ofShared) implements Mappings {
    static OfOne of(long guestPages, boolean inPlace) {
      PageSet one = new PageSet(guestPages);
      return new OfOne(one, inPlace ? one : new PageSet(guestPages));
    }

    private PageSet of(Side side) {
      return side == Side.PRIVATE ? ofPrivate : ofShared;
    }

    @Override
    public long add(long gfn, long pages, Side side) {
      return of(side).add(gfn, pages);
    }

    @Override
    public long remove(Verb verb, long gfn, long pages, Side side) {
      return of(side).remove(gfn, pages);
    }
  }
}
