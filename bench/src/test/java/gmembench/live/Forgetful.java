// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import module java.base;

import gmembench.backing.Around;
import gmembench.backing.Backing;
import gmembench.backing.Granularity;
import gmembench.backing.Memory;
import gmembench.backing.Support;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;

/** A backing that does not do what it is told, or shows what it should not. */
public record Forgetful(Backing honest, Lie lie) implements Backing {
  public enum Lie {
    /** Private punches do nothing once it was audited. */
    FORGETS_PRIVATE_LATE,
    FORGETS_SHARED_LATE,
    /** They never do anything. */
    FORGETS_PRIVATE,
    /** The last page of a punch of several stays. */
    PUNCHES_SHORT,
    /** The first page of a touch is written. */
    TOUCHES_FIRST,
    /** The shared side shows the private file. */
    SHOWS_PRIVATE,
    /** A page has other bytes. */
    GARBLES
  }

  @Override
  public String why() {
    return "a test of the oracle";
  }

  @Override
  public Support probe() {
    return Support.YES;
  }

  @Override
  public Set<Verb> verbs() {
    return honest.verbs();
  }

  @Override
  public Granularity granularity() {
    return honest.granularity();
  }

  @Override
  public Memory open(Guest guest, boolean inPlace) {
    return new Forgetting(honest.open(guest, inPlace), lie);
  }

  private static final class Forgetting implements Around {
    private final Memory memory;
    private final Lie lie;

    /** Guests are opened, emptied and audited; then the replay that is to be timed begins. */
    private int restarts;

    Forgetting(Memory memory, Lie lie) {
      this.memory = memory;
      this.lie = lie;
    }

    private Side shown(Side side) {
      return lie == Lie.SHOWS_PRIVATE ? Side.PRIVATE : side;
    }

    @Override
    public long read(long gfn, Side side) {
      long word = memory.read(gfn, shown(side));
      return lie == Lie.GARBLES && gfn == 0x201 && word != 0 ? 1 : word;
    }

    @Override
    public boolean isZero(long gfn, Side side) {
      return memory.isZero(gfn, shown(side));
    }

    @Override
    public Memory memory() {
      return memory;
    }

    @Override
    public void restart() {
      restarts++;
      memory.restart();
    }

    @Override
    public long apply(Verb verb, long gfn, long pages, Side side) {
      boolean discard = verb == Verb.DISCARD;
      boolean late = restarts > 2;
      long does =
          switch (lie) {
            case FORGETS_PRIVATE -> discard && side == Side.PRIVATE ? 0 : pages;
            case FORGETS_PRIVATE_LATE -> discard && side == Side.PRIVATE && late ? 0 : pages;
            case FORGETS_SHARED_LATE -> discard && side == Side.SHARED && late ? 0 : pages;
            case PUNCHES_SHORT -> discard && pages > 1 ? pages - 1 : pages;
            case TOUCHES_FIRST -> verb == Verb.TOUCH ? 1 : pages;
            case SHOWS_PRIVATE, GARBLES -> pages;
          };
      long done = does == 0 ? 0 : memory.apply(verb, gfn, does, side);
      return does == pages ? done : pages;
    }
  }
}
