// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import module java.base;

import gmembench.Units;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.mm.Effects;
import gmembench.mm.HostSizes;
import gmembench.mm.ModelFolios;
import gmembench.strategy.Converter;
import gmembench.strategy.Strategy;
import gmembench.tracker.Bitmap;
import gmembench.tracker.PageMap;

/**
 * Plays steps of several vCPUs and device threads against a strategy on the model's folios. Steps
 * of others happen between the verbs of a conversion too; what needs a fault then waits for its
 * end. What the host can reach is kept here as well, in naive arrays: page table entries and pins.
 */
public final class Schedule {
  /** How a kernel could be wrong. */
  public enum Bug {
    NONE,
    NO_CHECK,
    NO_UNMAP,
    CHECK_BEFORE_UNMAP,
    FAULTS_DO_NOT_WAIT
  }

  private final boolean mayStaySplit;
  private final int guestPages;
  private final int order;
  private final Bug bug;
  private final ModelFolios folios;
  private final PageMap map;
  private final Converter converter;
  private final boolean[] mapped;
  private final int[] pins;
  private final int[] unpinned;
  private final Queue<Step> waiting = new ArrayDeque<>();
  private List<Step> steps = List.of();
  private int next;
  private int verbs;
  private boolean converting;
  private String wrong = "";
  private long refusals;

  public Schedule(Strategy strategy, int guestPages, int order, Bug bug) {
    this.mayStaySplit = !strategy.needs().contains(Verb.MERGE);
    this.guestPages = guestPages;
    this.order = order;
    this.bug = bug;
    this.folios =
        new ModelFolios(
            guestPages,
            new NaiveFolios(order, true),
            new Effects(guestPages, true, HostSizes.DEFAULT),
            false);
    this.map = new Bitmap().open(guestPages);
    this.mapped = new boolean[guestPages];
    this.pins = new int[guestPages];
    this.unpinned = new int[1 << order];
    this.converter = new Guarded(strategy.open(new Host(), map), folios);
  }

  /** How many conversions were refused in all that was played. */
  public long refusals() {
    return refusals;
  }

  /** Plays, drops all pins, takes all back, and says what was wrong; empty if nothing was. */
  public String play(List<Step> all) {
    steps = all;
    next = 0;
    wrong = "";
    while (next < steps.size() && wrong.isEmpty()) {
      run(steps.get(next++));
    }
    if (wrong.isEmpty()) {
      end(all);
    }
    return wrong;
  }

  private void end(List<Step> all) {
    for (Step step : all) {
      for (int page = step.gfn(); page < step.gfn() + step.pages(); page++) {
        while (pins[page] > 0) {
          unpin(page, 1);
        }
      }
    }
    for (Step step : all) {
      convert(step.gfn(), step.pages(), Side.PRIVATE);
      if (wrong.isEmpty() && !map.isUniform(step.gfn(), step.pages())) {
        wrong = "refused though nothing is pinned: " + step;
      }
    }
    converter.settle();
    long lost = mayStaySplit ? 0 : folios.vmemmapLostBytes();
    if (wrong.isEmpty() && lost != 0) {
      wrong = "all is private and nothing pinned, but " + lost + " bytes of vmemmap are lost";
    }
  }

  private void run(Step step) {
    switch (step.kind()) {
      case TO_SHARED -> convert(step.gfn(), step.pages(), Side.SHARED);
      case TO_PRIVATE -> convert(step.gfn(), step.pages(), Side.PRIVATE);
      case UNPIN -> unpin(step.gfn(), step.pages());
      case TOUCH, PIN -> access(step);
    }
  }

  private void convert(int gfn, int pages, Side to) {
    verbs = 0;
    converting = true;
    boolean done = converter.convert(gfn, pages, to);
    refusals += done ? 0 : 1;
    converting = false;
    for (int page = gfn; done && to == Side.PRIVATE && page < gfn + pages; page++) {
      if (wrong.isEmpty() && (mapped[page] || pins[page] > 0)) {
        wrong =
            "gfn "
                + Units.hex(page)
                + " is private, mapped "
                + mapped[page]
                + ", pins "
                + pins[page];
      }
    }
    while (!waiting.isEmpty()) {
      access(waiting.remove());
    }
  }

  /** The host touches or pins what it has mapped, or faults it in if the guest shares it. */
  private void access(Step step) {
    boolean present = true;
    boolean shared = true;
    for (int page = step.gfn(); page < step.gfn() + step.pages(); page++) {
      present &= mapped[page];
      shared &= map.get(page) == Side.SHARED;
    }
    if (!present && converting && bug != Bug.FAULTS_DO_NOT_WAIT) {
      waiting.add(step);
      return;
    }
    if (!present && !shared) {
      return; // SIGBUS, EFAULT
    }
    if (bug == Bug.FAULTS_DO_NOT_WAIT) {
      folios.of(Side.SHARED).unlock();
    }
    boolean done =
        step.kind() == Step.Kind.PIN
            ? folios.of(Side.SHARED).pin(step.gfn(), step.pages(), Side.SHARED)
            : folios.of(Side.SHARED).map(step.gfn(), step.pages(), Side.SHARED);
    if (!done) {
      wrong = "the table refused " + step;
      return;
    }
    for (int page = step.gfn(); page < step.gfn() + step.pages(); page++) {
      mapped[page] = true;
      pins[page] += step.kind() == Step.Kind.PIN ? 1 : 0;
    }
  }

  private void unpin(int gfn, int pages) {
    folios.of(Side.SHARED).unpin(gfn, pages);
    for (int page = gfn; page < gfn + pages; page++) {
      pins[page] = Math.max(0, pins[page] - 1);
    }
  }

  /** Others go on while a conversion is between two verbs. */
  private void others() {
    while (next < steps.size()
        && !steps.get(next).isConversion()
        && steps.get(next).after() <= verbs) {
      run(steps.get(next++));
    }
    verbs++;
  }

  /** What the strategy sees. */
  private final class Host implements Memory {
    @Override
    public long apply(Verb verb, long gfn, long pages, Side side) {
      others();
      return switch (verb) {
        case UNMAP -> {
          if (bug != Bug.NO_UNMAP && bug != Bug.CHECK_BEFORE_UNMAP) {
            zap(gfn, pages, side);
          }
          yield pages;
        }
        case CHECK -> judge(gfn, pages, side);
        case SPLIT, SHATTER, MERGE -> reshape(verb, gfn, pages, side);
        default -> throw new AssertionError(verb);
      };
    }

    /** Both drop the mappings: unmap_folio, retract_page_tables. */
    private long reshape(Verb verb, long gfn, long pages, Side side) {
      boolean done = folios.apply(verb, gfn, pages, side) > 0;
      if (done) {
        Arrays.fill(mapped, (int) gfn, (int) (gfn + pages), false);
      }
      return done ? pages : 0;
    }

    private void zap(long gfn, long pages, Side side) {
      folios.apply(Verb.UNMAP, gfn, pages, side);
      if (side == Side.SHARED) {
        Arrays.fill(mapped, (int) gfn, (int) (gfn + pages), false);
        for (int page = 0; page < guestPages; page++) { // an entry may be of more than the range
          mapped[page] = mapped[page] && folios.of(side).isMapped(page);
        }
      }
    }

    private long judge(long gfn, long pages, Side side) {
      long found = folios.of(side).check(gfn, pages);
      if (found != unheld(gfn, pages)) {
        wrong = "check of " + Units.hex(gfn) + "+" + pages + " says " + found;
      }
      if (bug == Bug.CHECK_BEFORE_UNMAP) {
        others();
        zap(gfn, pages, side);
      }
      return bug == Bug.NO_CHECK ? pages : found;
    }

    /** Pages before the first folio of which a page is pinned, by the naive array. */
    private long unheld(long gfn, long pages) {
      for (long at = gfn; at < gfn + pages; at++) {
        int size = folios.of(Side.SHARED).order(at);
        int start = (int) (at >>> size << size);
        if (Arrays.mismatch(pins, start, start + (1 << size), unpinned, 0, 1 << size) >= 0) {
          return at - gfn;
        }
        at |= (1L << size) - 1;
      }
      return pages;
    }

    @Override
    public long awaitUnpinned(long gfn, long pages, Side side, long boundNs) {
      others();
      return 0;
    }

    @Override
    public boolean inPlace() {
      return true;
    }

    @Override
    public int folioOrder() {
      return order;
    }

    @Override
    public void close() {}
  }

  @Override
  public String toString() {
    return "a guest of " + guestPages + " pages in folios of order " + order;
  }
}
