// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.Units;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import java.util.Arrays;

/**
 * Memory page by page, as naive as can be: what is in it, who has it mapped, who holds it, who may
 * use it. Knows the guest's view ({@link #state}) and complains when content that is in use goes
 * away.
 */
final class ContentMemory implements Memory {
  final Side[] state;
  final boolean[] privateResident;
  final boolean[] sharedResident;
  final boolean[] hostMapped;
  final int[] pins;

  /** What ATTRIBUTE, REBIND or DIRECT_MAP have made of a page. */
  final Side[][] access;

  private final boolean inPlace;
  final long[] calls = new long[Verb.count()];

  ContentMemory(int pages, boolean inPlace) {
    this.inPlace = inPlace;
    this.state = new Side[pages];
    this.privateResident = new boolean[pages];
    this.sharedResident = new boolean[pages];
    this.hostMapped = new boolean[pages];
    this.pins = new int[pages];
    this.access = new Side[Verb.count()][pages];
    Arrays.fill(state, Side.PRIVATE);
    Arrays.fill(privateResident, true);
    for (Side[] sides : access) {
      Arrays.fill(sides, Side.PRIVATE);
    }
  }

  @Override
  public long apply(Verb verb, long gfn, long pages, Side side) {
    calls[verb.ordinal()]++;
    int from = (int) gfn;
    int to = (int) (gfn + pages);
    if (from < 0 || pages <= 0 || to > state.length) {
      throw new AssertionError(verb + " of gfn " + Units.hex(gfn) + " + " + pages);
    }
    switch (verb) {
      case TOUCH, ALLOCATE -> populate(verb, from, to, side);
      case DISCARD -> discard(from, to, side);
      case UNMAP -> {
        if (side == Side.SHARED) {
          Arrays.fill(hostMapped, from, to, false);
        }
      }
      case ATTRIBUTE, REBIND, DIRECT_MAP -> Arrays.fill(access[verb.ordinal()], from, to, side);
      case ATTRIBUTE_IN_PLACE -> {
        if (side == Side.PRIVATE && firstPinned(from, to) < to) {
          return firstPinned(from, to) - gfn;
        }
        Arrays.fill(access[verb.ordinal()], from, to, side);
      }
      case PIN, UNPIN -> {
        for (int i = from; i < to; i++) {
          pins[i] += verb == Verb.PIN ? 1 : -1;
        }
      }
      case CHECK -> {
        return firstPinned(from, to) - gfn;
      }
      case SPLIT, SHATTER, MERGE -> {
        return firstPinned(from, to) == to ? pages : 0;
      }
      case MAP, COPY, JOIN -> {
        // the host gets at pages that stay where they are
      }
      case ASK, HOST_TOUCH, COPY_IN, POPULATE ->
          throw new AssertionError("a strategy does what a guest or a VMM does: " + verb);
    }
    return pages;
  }

  private void populate(Verb verb, int from, int to, Side side) {
    for (int i = from; i < to; i++) {
      if (verb == Verb.TOUCH && state[i] != side) {
        throw new AssertionError("touches gfn " + Units.hex(i) + " as " + side);
      }
    }
    if (inPlace) {
      Arrays.fill(privateResident, from, to, true);
      if (side == Side.SHARED) {
        Arrays.fill(hostMapped, from, to, true);
      }
    } else {
      Arrays.fill(resident(side), from, to, true);
    }
  }

  private void discard(int from, int to, Side side) {
    for (int i = from; i < to; i++) {
      if (inPlace || state[i] == side) {
        throw new AssertionError("discards gfn " + Units.hex(i) + " in use as " + side);
      }
    }
    Arrays.fill(resident(side), from, to, false);
  }

  private int firstPinned(int from, int to) {
    for (int i = from; i < to; i++) {
      if (pins[i] > 0) {
        return i;
      }
    }
    return to;
  }

  boolean[] resident(Side side) {
    return side == Side.PRIVATE ? privateResident : sharedResident;
  }

  /** No wall time: whoever holds a page holds it for as long as anyone waits. */
  @Override
  public long awaitUnpinned(long gfn, long pages, Side side, long boundNs) {
    check(gfn, pages, side);
    return boundNs;
  }

  @Override
  public boolean inPlace() {
    return inPlace;
  }

  @Override
  public int folioOrder() {
    return inPlace ? 9 : 0;
  }

  @Override
  public void close() {}
}
