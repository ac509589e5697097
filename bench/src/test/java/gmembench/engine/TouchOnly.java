// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.backing.Backing;
import gmembench.backing.Memory;
import gmembench.backing.Support;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import java.util.Set;

/** Runs here but does next to nothing, so that it must be refused before it is opened. */
public record TouchOnly(String name) implements Backing {
  @Override
  public String why() {
    return "a test of what is unsupported";
  }

  @Override
  public Support probe() {
    return Support.YES;
  }

  @Override
  public Set<Verb> verbs() {
    return Set.of(Verb.TOUCH);
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    throw new AssertionError("must not be opened");
  }
}
