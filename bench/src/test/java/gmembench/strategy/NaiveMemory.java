// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import gmembench.Units;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;

/** Residency as two arrays, and the rule that what is in use is never taken away. */
public class NaiveMemory implements Memory {
  protected final boolean[] privateResident;
  final boolean[] sharedResident;
  final Side[] state;
  private final boolean inPlace;

  public NaiveMemory(int pages, boolean inPlace) {
    this.privateResident = new boolean[pages];
    this.sharedResident = new boolean[pages];
    this.state = new Side[pages];
    this.inPlace = inPlace;
    java.util.Arrays.fill(state, Side.PRIVATE);
    java.util.Arrays.fill(privateResident, true);
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    if (gfn < 0 || pages <= 0 || gfn + pages > state.length) {
      throw new IllegalStateException(verb + " of gfn " + Units.hex(gfn) + " + " + pages);
    }
    for (int i = (int) gfn; i < gfn + pages; i++) {
      if (verb == Verb.DISCARD && (inPlace || state[i] == side)) {
        throw new IllegalStateException("discards gfn " + Units.hex(i) + " in use as " + side);
      }
      if (verb == Verb.DISCARD || verb == Verb.TOUCH) {
        (side == Side.PRIVATE ? privateResident : sharedResident)[i] = verb == Verb.TOUCH;
      }
    }
    return pages;
  }

  int doubleAllocated() {
    int both = 0;
    for (int i = 0; i < state.length; i++) {
      both += privateResident[i] && sharedResident[i] ? 1 : 0;
    }
    return both;
  }

  @Override
  public boolean inPlace() {
    return inPlace;
  }

  @Override
  public void close() {}
}
