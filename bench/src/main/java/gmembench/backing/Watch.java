// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import gmembench.guest.Side;

/** Looks at the verbs on their way to a memory, which waits for pins in its own way. */
public interface Watch extends Around {
  @Override
  default long awaitUnpinned(long gfn, long pages, Side side, long boundNs) {
    return memory().awaitUnpinned(gfn, pages, side, boundNs);
  }
}
