// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import module java.base;

import gmembench.backing.InPlaceRules;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.backing.Watch;
import gmembench.guest.PageSet;
import gmembench.guest.PerSide;
import gmembench.guest.Side;
import gmembench.strategy.AroundConverter;
import gmembench.strategy.Converter;
import gmembench.strategy.Strategy;
import gmembench.tracker.PageMap;
import gmembench.workload.Workload;

/**
 * The oracle of a run: it follows a replay with sets of pages that no strategy, tracker or memory
 * has a part in, and throws {@link WrongAnswer} at the page where one of them breaks a rule.
 *
 * <ul>
 *   <li>After every conversion the page map has the range and the pages beside it on the side that
 *       the trace says; sixteen times in a replay, and at its end, all of the guest.
 *   <li>A page that is in use on a side is not discarded there, unless it is written again before
 *       the conversion ends; one that was discarded is not refused its conversion afterwards.
 *   <li>A strategy of two sides discards the side that is left, unless {@link Strategy#keeps} says
 *       that it may stay.
 *   <li>In place, a strategy that unmaps leaves no private page that the host has mapped.
 *   <li>Where nobody pins a page, a check refuses none. (A split may be refused live: the kernel
 *       holds pages for moments.)
 *   <li>ATTRIBUTE, ATTRIBUTE_IN_PLACE and DIRECT_MAP say of a page what the map says.
 * </ul>
 *
 * <p>If faults are injected, what a strategy could not do is not asked of it.
 */
public final class Oracle {
  private static final int WHOLE_MAPS = 16;
  private static final Set<Verb> DECIDE =
      EnumSet.of(Verb.ATTRIBUTE, Verb.ATTRIBUTE_IN_PLACE, Verb.DIRECT_MAP);

  private final Strategy strategy;
  private final boolean faulty;
  private final boolean pins;
  private final long guestPages;
  private final long stride;
  private final PageSet shared;

  /** Pages that were written on a side and not discarded since. */
  private final PerSide<PageSet> there;

  /** Pages that were discarded on the side on which they are in use. */
  private final PerSide<PageSet> lost;

  /** Pages that the host has touched as shared and not unmapped since. */
  private final PageSet mapped;

  private final Map<Verb, PageSet> decided = new EnumMap<>(Verb.class);
  private boolean isLive;
  private long conversions;

  /** All pages are private; a guest that ran before has used those of the footprint. */
  public Oracle(Block block, Subject subject, Strategy strategy) {
    this.strategy = strategy;
    this.faulty = !block.faults().equals(Faults.NONE);
    this.pins = subject.footprint().pins();
    this.guestPages = block.workload().guest().pages();
    this.stride = subject.footprint().conversions() / WHOLE_MAPS + 1;
    this.shared = new PageSet(guestPages);
    this.there = PerSide.of(strategy.inPlace(), side -> new PageSet(guestPages));
    this.lost = PerSide.of(strategy.inPlace(), side -> new PageSet(guestPages));
    this.mapped = new PageSet(guestPages);
    DECIDE.stream()
        .filter(strategy.needs()::contains)
        .forEach(verb -> decided.put(verb, new PageSet(guestPages)));
    if (block.workload().memory() == Workload.Memory.USED) {
      PageSet used = there.of(Side.PRIVATE);
      subject.footprint().withNeighbours().forEachRun((gfn, n) -> used.add(gfn, n));
    }
  }

  /** The memory, its verbs being watched. */
  public Memory around(Memory memory) {
    isLive = memory.hasContent();
    return new Watched(memory);
  }

  /** The strategy, its conversions being judged; outermost of what is round it. */
  public Converter around(Converter converter, PageMap map) {
    return new Judged(converter, map);
  }

  private final class Watched implements Watch {
    private final Memory memory;

    Watched(Memory memory) {
      this.memory = memory;
    }

    @Override
    public Memory memory() {
      return memory;
    }

    @Override
    public long apply(Verb verb, long gfn, long pages, Side side) {
      long done = memory.apply(verb, gfn, pages, side);
      if (done > 0) {
        see(verb, gfn, done, side);
      }
      return done;
    }
  }

  private void see(Verb verb, long gfn, long pages, Side side) {
    Verb effect = verb.effect();
    switch (effect) {
      case TOUCH, ALLOCATE -> {
        there.of(side).add(gfn, pages);
        lost.of(side).remove(gfn, pages);
        if (effect == Verb.TOUCH && side == Side.SHARED) {
          mapped.add(gfn, pages);
        }
      }
      case DISCARD -> {
        lose(gfn, pages, side);
        there.of(side).remove(gfn, pages);
        if (side == Side.SHARED || there.isOne()) {
          mapped.remove(gfn, pages);
        }
      }
      case UNMAP -> {
        if (side == Side.SHARED) {
          mapped.remove(gfn, pages);
        }
      }
      default -> {
        PageSet by = decided.get(verb);
        if (by != null) {
          put(by, gfn, pages, side);
        }
      }
    }
  }

  /** In place all that there is goes; of two sides, what is in use on this one. */
  private void lose(long gfn, long pages, Side side) {
    PageSet gone = lost.of(side);
    if (there.isOne()) {
      there.of(side).forEachRun(gfn, pages, (at, n) -> gone.add(at, n));
      return;
    }
    for (long at = gfn; at < gfn + pages; ) {
      long end = shared.runEnd(at, gfn + pages);
      if (Subject.side(shared, at) == side) {
        there.of(side).forEachRun(at, end - at, (from, n) -> gone.add(from, n));
      }
      at = end;
    }
  }

  private final class Judged implements AroundConverter {
    private final Converter converter;
    private final PageMap map;

    Judged(Converter converter, PageMap map) {
      this.converter = converter;
      this.map = map;
    }

    @Override
    public Converter converter() {
      return converter;
    }

    @Override
    public boolean convert(long gfn, long pages, Side to) {
      boolean done = converter.convert(gfn, pages, to);
      if (done) {
        put(shared, gfn, pages, to);
        if (!there.isOne()) {
          lost.of(to.other()).remove(gfn, pages);
        }
      }
      Subject.compare(map, shared, Math.max(0, gfn - 1), Math.min(guestPages, gfn + pages + 1));
      if (++conversions % stride == 0) {
        Subject.compare(map, shared, 0, guestPages);
      }
      checkLost();
      if (!done && !faulty && isCheckedOnly()) {
        throw new WrongAnswer(gfn, to.other(), "was refused", "a conversion: nobody pins a page");
      }
      if (done && !faulty) {
        checkDone(gfn, gfn + pages, to);
      }
      return done;
    }

    @Override
    public boolean touched(long gfn, long pages, Side side) {
      boolean acted = converter.touched(gfn, pages, side);
      checkLost();
      return acted;
    }

    @Override
    public void idle(long ns) {
      converter.idle(ns);
      checkLost();
    }

    @Override
    public void settle() {
      converter.settle();
      checkLost();
      Subject.compare(map, shared, 0, guestPages);
    }
  }

  private void checkLost() {
    for (Side side : Side.values()) {
      if (lost.of(side).size() > 0 && !faulty) {
        throw new WrongAnswer(
            lost.of(side).next(0, guestPages), side, "is in use and was discarded", "no discard");
      }
    }
  }

  private boolean isCheckedOnly() {
    boolean splits = strategy.needs().contains(Verb.SPLIT);
    boolean isSure = strategy.rules().check() != InPlaceRules.Check.REFCOUNT_UNDRAINED;
    return isSure && !pins && strategy.needs().contains(Verb.CHECK) && !(isLive && splits);
  }

  private void checkDone(long from, long end, Side to) {
    if (!there.isOne() && !strategy.keeps(to.other())) {
      long kept = there.of(to.other()).next(from, end);
      require(kept == end, kept, to.other(), "was left and not discarded", "a discard");
    }
    if (to == Side.PRIVATE && there.isOne() && strategy.needs().contains(Verb.UNMAP)) {
      long at = mapped.next(from, end);
      require(at == end, at, to, "is mapped by the host", "an unmap");
    }
    decided.forEach((verb, by) -> {
      long at = to == Side.SHARED ? by.nextAbsent(from, end) : by.next(from, end);
      require(at == end, at, to.other(), "by " + verb.text(), to.text());
    });
  }

  private static void require(boolean fine, long gfn, Side side, String what, String expected) {
    if (!fine) {
      throw new WrongAnswer(gfn, side, what, expected);
    }
  }

  private static void put(PageSet shared, long gfn, long pages, Side side) {
    if (side == Side.SHARED) {
      shared.add(gfn, pages);
    } else {
      shared.remove(gfn, pages);
    }
  }
}
