// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.backing.Watch;
import gmembench.guest.PageSet;
import gmembench.guest.Side;
import gmembench.result.Metric;
import gmembench.result.MetricSource;
import gmembench.result.Metrics;
import gmembench.tracker.PageMap;

/**
 * The private file is allocated and converted in before it is bound to memslots. As in the UPM
 * series of 2022 an fallocate converts, and KVM hears of it by the populate notifier, of a hole
 * punch by the invalidate one; before the binding it hears nothing. A page that the guest uses on a
 * side where KVM does not take it to be is a KVM_EXIT_MEMORY_FAULT, an exit for each 4K page, and
 * the VMM converts it again.
 *
 * <p>KVM takes all memory to be private if the file is bound from the start ({@code
 * conversions=0}), and none if it is not.
 *
 * @param conversions how many happen before the file is bound
 * @param state how KVM comes to know what is private
 */
@AutoService({Strategy.class, MetricSource.class})
public record BindLate(long conversions, State state) implements Strategy, MetricSource {
  /** Who says which pages are private. */
  public enum State {
    /** The notifiers of a file that is bound; what was missed is found out by faults. */
    NOTIFIED,
    /**
     * The file: at the binding, what it has is looked for, and populated again range by range. On
     * the model by a walk of the page cache; live by SEEK_DATA, which finds what was written and
     * not what was only allocated.
     */
    FILE,
    /** KVM's own table, which the ioctl writes: an fallocate says nothing. As merged. */
    KVM
  }

  private static final Metric MISSED =
      Metric.times(
          "missed_populates_count",
          "bind-late: fallocates of the private file before it was bound, which notify nobody");

  private static final Metric MISSED_PAGES =
      Metric.pages("missed_populates_pages", "bind-late: pages of these");

  private static final Metric REPLAYED =
      Metric.times("replayed_populates_count", "bind-late: ranges found in the file when bound");

  private static final Metric REPLAYED_PAGES =
      Metric.pages("replayed_populates_pages", "bind-late: pages of these");

  private static final Metric IMPLICIT =
      Metric.times(
          "implicit_conversions_count",
          "bind-late: exits since a page was used on a side that KVM did not take it to be on");

  public BindLate() {
    this(64, State.NOTIFIED);
  }

  public BindLate {
    if (conversions < 0) {
      throw new IllegalArgumentException("conversions of 0 or more");
    }
  }

  @Override
  public List<Metric> metrics() {
    return List.of(MISSED, MISSED_PAGES, REPLAYED, REPLAYED_PAGES, IMPLICIT);
  }

  @Override
  public String why() {
    return "upm-2022, but the file is bound to slots late: fallocates before that notify nobody";
  }

  @Override
  public Set<Verb> needs() {
    return Set.of(state == State.KVM ? Verb.ATTRIBUTE : Verb.ALLOCATE, Verb.DISCARD);
  }

  @Override
  public Converter open(Memory memory, PageMap map) {
    Strategy of = state == State.KVM ? new AttributePunch() : new Upm2022();
    return new Late(memory, map, of.open(memory, map));
  }

  private final class Late implements AroundConverter {
    private final Memory memory;
    private final PageMap map;
    private final Converter then;

    /** What KVM takes to be private. */
    private final PageSet known;

    private long seen;
    private long missed;
    private long missedPages;
    private long replayed;
    private long replayedPages;
    private long implicit;
    private boolean bound;

    Late(Memory memory, PageMap map, Converter then) {
      this.memory = memory;
      this.map = map;
      this.then = then;
      this.known = new PageSet(map.pages());
      this.bound = conversions == 0;
      if (bound) {
        known.add(0, map.pages());
      } else {
        memory.unbind();
      }
    }

    @Override
    public Converter converter() {
      return then;
    }

    @Override
    public boolean convert(long gfn, long pages, Side to) {
      if (!bound && seen++ >= conversions) {
        bind();
      }
      boolean done = then.convert(gfn, pages, to);
      if (to == Side.PRIVATE) {
        populated(gfn, pages);
      } else {
        known.remove(gfn, pages);
      }
      return done;
    }

    private void populated(long gfn, long pages) {
      if (bound) {
        known.add(gfn, pages);
      } else if (state != State.KVM) {
        missed++;
        missedPages += pages;
      }
    }

    private void bind() {
      memory.bind();
      bound = true;
      if (state == State.FILE) {
        for (long end = map.pages(), from = memory.next(0, end, Side.PRIVATE, true); from < end; ) {
          long to = memory.next(from, end, Side.PRIVATE, false);
          memory.allocate(from, to - from, Side.PRIVATE);
          known.add(from, to - from);
          replayed++;
          replayedPages += to - from;
          from = memory.next(to, end, Side.PRIVATE, true);
        }
      }
    }

    @Override
    public Memory seen(Memory through) {
      return state == State.KVM ? through : Watch.over(through, this::watched);
    }

    /** Sees what is allocated out of band, and where the guest faults. */
    private long watched(Memory through, Verb verb, long gfn, long pages, Side side) {
      if (verb == Verb.TOUCH && bound) {
        fault(through, gfn, gfn + pages, side);
      }
      long done = through.apply(verb, gfn, pages, side);
      if (verb == Verb.ALLOCATE && side == Side.PRIVATE) {
        populated(gfn, done);
      }
      return done;
    }

    /** Each page that is used where the map has it, and KVM has not. */
    private void fault(Memory through, long gfn, long end, Side side) {
      boolean isPrivate = side == Side.PRIVATE;
      for (long at = gfn; at < end; at++) {
        at = isPrivate ? known.nextAbsent(at, end) : known.next(at, end);
        if (at < end && map.get(at) == side) {
          implicit++;
          through.apply(Verb.ASK, at, 1, side);
          convert(at, 1, side);
        }
      }
    }

    @Override
    public void settle() {
      if (!bound) {
        bind();
      }
    }

    @Override
    public void report(Metrics metrics) {
      metrics.put(MISSED, missed);
      metrics.put(MISSED_PAGES, missedPages);
      metrics.put(REPLAYED, replayed);
      metrics.put(REPLAYED_PAGES, replayedPages);
      metrics.put(IMPLICIT, implicit);
    }
  }
}
