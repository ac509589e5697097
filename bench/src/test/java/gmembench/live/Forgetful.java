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

/**
 * A backing whose private punches do nothing once it was audited, or that shows other bytes.
 *
 * @param garbles does it forget nothing, and show other bytes of a page?
 */
public record Forgetful(Backing honest, boolean garbles) implements Backing {
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
    return new Forgetting(honest.open(guest, inPlace), garbles);
  }

  private static final class Forgetting implements Around {
    private final Memory memory;
    private final boolean garbles;

    /** Guests are opened, emptied and audited; then the replay that is to be timed begins. */
    private int restarts;

    Forgetting(Memory memory, boolean garbles) {
      this.memory = memory;
      this.garbles = garbles;
    }

    @Override
    public long read(long gfn, Side side) {
      long word = memory.read(gfn, side);
      return garbles && gfn == 0x201 && word != 0 ? 1 : word;
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
      boolean forgets = !garbles && restarts > 2 && verb == Verb.DISCARD && side == Side.PRIVATE;
      return forgets ? pages : memory.apply(verb, gfn, pages, side);
    }
  }
}
