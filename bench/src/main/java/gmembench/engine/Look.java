// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.guest.Side;

/** Looks at a guest in the middle of a replay, outside the clock. */
public interface Look {
  Look NEVER =
      new Look() {
        @Override
        public long next(long conversions) {
          return Long.MAX_VALUE;
        }

        @Override
        public void look(long conversions, long gfn, Side to) {}
      };

  /** After how many conversions, more than these, it looks next. */
  long next(long conversions);

  /**
   * So many conversions are done, and the last one's pages have been touched from {@code gfn}. Not
   * called once one was refused: the guest is in another state then than the trace says.
   */
  void look(long conversions, long gfn, Side to);
}
