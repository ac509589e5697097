// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import gmembench.guest.Side;

/** Looks at the verbs on their way to a memory, which waits for pins in its own way. */
public interface Watch extends Around {
  /** What is done for a verb on its way to a memory. */
  interface Verbs {
    long apply(Memory through, Verb verb, long gfn, long pages, Side side);
  }

  /** A memory whose verbs all go through these. */
  static Watch over(Memory memory, Verbs verbs) {
    return new Over(memory, verbs);
  }

  /** See {@link #over}. */
  record Over(Memory memory, Verbs verbs) implements Watch {
    @Override
    public long apply(Verb verb, long gfn, long pages, Side side) {
      return verbs.apply(memory, verb, gfn, pages, side);
    }
  }

  @Override
  default long awaitUnpinned(long gfn, long pages, Side side, long boundNs) {
    return memory().awaitUnpinned(gfn, pages, side, boundNs);
  }
}
