// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.tracker.PageMap;
import java.util.Set;

/**
 * Collects what conversions leave and discards it together, neighbouring pages merged into one
 * punch; a page that comes back meanwhile is not discarded.
 *
 * @param conversions a batch is discarded after so many conversions
 * @param windowNs or when its first conversion is so long ago, on the guest's clock
 */
@AutoService(Strategy.class)
public record BatchedDiscard(long conversions, long windowNs) implements Strategy {
  public BatchedDiscard() {
    this(64, 1_000_000_000);
  }

  public BatchedDiscard {
    if (conversions < 1 || windowNs < 1) {
      throw new IllegalArgumentException("conversions of 1 or more, window above 0ns");
    }
  }

  @Override
  public String why() {
    return "punches every N conversions or T of guest time, neighbouring ranges merged";
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(Verb.DISCARD);
  }

  @Override
  public boolean keeps(Side side) {
    return true;
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    return new Batching(memory, map);
  }

  private final class Batching implements Converter {
    private final Memory memory;
    private final PageMap map;
    private final Pending leftPrivate;
    private final Pending leftShared;
    private long count;
    private long ageNs;

    Batching(Memory memory, PageMap map) {
      this.memory = memory;
      this.map = map;
      this.leftPrivate = new Pending(map.pages());
      this.leftShared = new Pending(map.pages());
    }

    @Override
    public boolean convert(long gfn, long pages, Side to) {
      map.set(gfn, pages, to);
      pending(to).pages.remove(gfn, pages);
      pending(to.other()).add(gfn, pages);
      if (++count >= conversions) {
        settle();
      }
      return true;
    }

    @Override
    public void idle(long ns) {
      if (count > 0) {
        ageNs += ns;
        if (ageNs >= windowNs) {
          settle();
        }
      }
    }

    @Override
    public void settle() {
      discard(Side.PRIVATE);
      discard(Side.SHARED);
      count = 0;
      ageNs = 0;
    }

    private Pending pending(Side side) {
      return side == Side.PRIVATE ? leftPrivate : leftShared;
    }

    private void discard(Side side) {
      Pending pending = pending(side);
      for (long from = pending.next(); from >= 0; from = pending.next()) {
        long to = pending.pages.nextAbsent(from, pending.to);
        memory.discard(from, to - from, side); // if it fails they are still pending
        pending.pages.remove(from, to - from);
      }
    }
  }

  /** A set of pages within known bounds, so that a flush does not search the whole guest. */
  private static final class Pending {
    final PageSet pages;
    private final long guestPages;
    private long from;
    private long to;

    Pending(long guestPages) {
      this.pages = new PageSet(guestPages);
      this.guestPages = guestPages;
      this.from = guestPages;
    }

    void add(long gfn, long count) {
      pages.add(gfn, count);
      from = Math.min(from, gfn);
      to = Math.max(to, gfn + count);
    }

    /** The first page, or -1 and empty bounds. */
    long next() {
      from = from < to ? pages.next(from, to) : to;
      if (from < to) {
        return from;
      }
      from = guestPages;
      to = 0;
      return -1;
    }
  }
}
