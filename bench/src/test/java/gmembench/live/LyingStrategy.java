// SPDX-License-Identifier: Apache-2.0
package gmembench.live;

import module java.base;

import gmembench.backing.Around;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.strategy.AroundConverter;
import gmembench.strategy.AttributePunch;
import gmembench.strategy.Converter;
import gmembench.strategy.EagerPunchHole;
import gmembench.strategy.InPlaceLazySplit;
import gmembench.strategy.InPlaceWait;
import gmembench.strategy.LazyDiscard;
import gmembench.strategy.Strategy;
import gmembench.tracker.PageMap;

/** A strategy between whom and its memory or map stands a lie. */
public record LyingStrategy(Lie lie) implements Strategy {
  private Strategy honest() {
    return switch (lie) {
      case FORGETS_UNMAP, PUNCHES_IN_PLACE -> new InPlaceWait();
      case SPLITS_WITHOUT_UNMAP -> new InPlaceLazySplit();
      case LAZY_PUNCHES_IN_USE -> new LazyDiscard(1 << 20);
      case FORGETS_ATTRIBUTE -> new AttributePunch();
      default -> new EagerPunchHole();
    };
  }

  @Override
  public String why() {
    return "a test of the oracle";
  }

  @Override
  public Set<Verb> needs() {
    return honest().needs();
  }

  @Override
  public boolean inPlace() {
    return honest().inPlace();
  }

  @Override
  public boolean keeps(Side side) {
    return honest().keeps(side);
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    Converter converter = honest().open(new Between(memory, this), map);
    if (lie == Lie.PUNCHES_AT_THE_END) {
      return new AtTheEnd(memory, converter);
    }
    long[] before = {-1, 0, 0};
    return (gfn, pages, to) -> {
      boolean done = converter.convert(gfn, pages, to);
      if (lie == Lie.LAZY_PUNCHES_IN_USE) {
        if (before[0] >= 0) {
          memory.discard(before[0], before[1], before[2] == 0 ? Side.PRIVATE : Side.SHARED);
        }
        before[0] = gfn;
        before[1] = pages;
        before[2] = to.ordinal();
      } else if (lie == Lie.FORGETS_THE_MAP && pages >= 8) {
        map.set(gfn, pages, to.other());
      } else if (lie == Lie.PUNCHES_IN_PLACE) {
        memory.discard(gfn, pages, Side.PRIVATE);
      } else if (lie == Lie.REFUSES_AFTER_PUNCH) {
        map.set(gfn, pages, to.other());
        return false;
      }
      return done;
    };
  }

  public enum Lie {
    PUNCHES_BEHIND,
    FORGETS_THE_MAP,
    PUNCHES_WRONG_SIDE,
    FORGETS_PRIVATE,
    FORGETS_ALL,
    REFUSES_AFTER_PUNCH,
    FORGETS_UNMAP,
    SPLITS_WITHOUT_UNMAP,
    PUNCHES_IN_PLACE,
    LAZY_PUNCHES_IN_USE,
    PUNCHES_AT_THE_END,
    FORGETS_ATTRIBUTE
  }

  private record AtTheEnd(Memory memory, Converter converter) implements AroundConverter {
    @Override
    public boolean convert(long gfn, long pages, Side to) {
      return converter.convert(gfn, pages, to);
    }

    @Override
    public void settle() {
      converter.settle();
      memory.discard(0x100, 1, Side.PRIVATE);
    }
  }

  private record Between(Memory memory, LyingStrategy strategy) implements Around {
    @Override
    public long apply(Verb verb, long gfn, long pages, Side side) {
      boolean discard = verb == Verb.DISCARD;
      return switch (strategy.lie()) {
        case PUNCHES_BEHIND -> memory.apply(verb, gfn, discard ? pages + 1 : pages, side);
        case PUNCHES_WRONG_SIDE -> memory.apply(verb, gfn, pages, discard ? side.other() : side);
        case FORGETS_PRIVATE ->
            discard && side == Side.PRIVATE ? pages : memory.apply(verb, gfn, pages, side);
        case FORGETS_ALL -> discard ? pages : memory.apply(verb, gfn, pages, side);
        case FORGETS_UNMAP, SPLITS_WITHOUT_UNMAP ->
            verb == Verb.UNMAP ? pages : memory.apply(verb, gfn, pages, side);
        case FORGETS_ATTRIBUTE ->
            verb == Verb.ATTRIBUTE ? pages : memory.apply(verb, gfn, pages, side);
        default -> memory.apply(verb, gfn, pages, side);
      };
    }
  }
}
