// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;

/** A two-sided memory of which only the calls are of interest. */
record FakeMemory(Call call) implements Memory {
  interface Call {
    /** Returns how many pages were done. */
    long apply(Verb verb, long pages);
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    return call.apply(verb, pages);
  }

  @Override
  public boolean inPlace() {
    return false;
  }

  @Override
  public void close() {}
}
