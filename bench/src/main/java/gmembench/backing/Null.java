// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.guest.Guest;
import gmembench.guest.Side;

/** Does nothing: what remains is the harness's own cost. */
@AutoService(Backing.class)
public record Null() implements Backing {
  @Override
  public String why() {
    return "no kernel at all: the harness's own cost, as a row of its own";
  }

  @Override
  public Set<Verb> verbs() {
    return EnumSet.complementOf(EnumSet.of(Verb.ASK)); // there is no guest
  }

  @Override
  public Support room(long privates, long shareds) {
    return Support.YES;
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    return new Nothing(inPlace);
  }

  private record Nothing(boolean inPlace) implements Memory {
    @Override
    public long apply(Verb verb, long gfn, long pages, Side side) {
      return pages;
    }

    @Override
    public boolean hasGuest() {
      return false;
    }

    @Override
    public void close() {}
  }
}
