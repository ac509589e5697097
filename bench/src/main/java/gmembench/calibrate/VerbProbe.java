// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.Ticks;
import gmembench.Units;
import gmembench.backing.Backing;
import gmembench.backing.Verb;
import gmembench.guest.Guest;
import gmembench.guest.Side;
import gmembench.mm.HostSizes;

/**
 * Times the verbs of one backing over sizes from 1 to 4096 pages, in the states in which a replay
 * meets them: absent, resident, resident but not mapped; with pages around that are resident, and
 * alone in the file; used a moment ago, and longer ago ({@link ReuseProbe}). Rounds are outermost,
 * so that drift of the machine hits all alike; a figure is the median over rounds of a round's
 * mean.
 */
final class VerbProbe implements Probe {
  /** Powers of two and some between. */
  static final int[] SIZES = {
    1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048, 4096
  };

  /** What is measured of a range, one after the other, alone in the file. */
  private static final List<Step> ALONE =
      List.of(
          new Step(Verb.TOUCH, "absent"),
          new Step(Verb.TOUCH, "mapped"),
          new Step(Verb.DISCARD, "mapped"),
          new Step(Verb.DISCARD, "absent"),
          new Step(Verb.ALLOCATE, "absent"),
          new Step(Verb.ALLOCATE, "resident"),
          new Step(Verb.TOUCH, "allocated"),
          new Step(Verb.UNMAP, "mapped"),
          new Step(Verb.TOUCH, "unmapped"),
          new Step(Verb.CHECK, "free"),
          new Step(Verb.PIN, "mapped"),
          new Step(Verb.UNPIN, "held"),
          new Step(Verb.UNMAP, "mapped again"),
          new Step(Verb.TOUCH, "unmapped again"),
          new Step(Verb.UNMAP, "mapped for the third time"),
          new Step(Verb.DISCARD, "unmapped"),
          new Step(Verb.ASK, "absent"));

  /** The same where the pages around are resident; it leaves the range as it was. */
  private static final List<Step> AMONG =
      List.of(
          new Step(Verb.DISCARD, "mapped, among others"),
          new Step(Verb.TOUCH, "absent, among others"),
          new Step(Verb.DISCARD, "mapped, among others, again"),
          new Step(Verb.TOUCH, "absent, among others, again"));

  private static final int WARMUP_ROUNDS = 2;
  private static final int PAGES_A_ROUND = (int) Ticks.here().repeat(1500);
  private static final int MOST_REPETITIONS = (int) Ticks.here().repeat(250);

  private record Step(Verb verb, String state) {
    Figure figure(Side side, int pages) {
      return new Figure(verb, state, side, pages);
    }
  }

  /** Figures of one size on one side, and whether pages around are resident. */
  private record Group(List<Figure> figures, boolean isAmong) {
    Side side() {
      return figures.get(0).side();
    }

    int pages() {
      return figures.get(0).pages();
    }
  }

  private final Backing backing;
  private final Probed memory;
  private final ReuseProbe reuse;
  private final List<Group> groups = new ArrayList<>();

  private VerbProbe(Backing backing, HostSizes host) {
    this.backing = backing;
    Guest guest = Guest.ofBytes(ReuseProbe.guestPages(host) * Units.PAGE_BYTES);
    this.memory = new Probed(backing, guest, host);
    this.reuse = new ReuseProbe(memory, host, backing);
    for (Side side : Side.values()) {
      add(ALONE, side, false);
      add(AMONG, side, true);
    }
  }

  private void add(List<Step> steps, Side side, boolean isAmong) {
    List<Step> able = steps.stream().filter(s -> backing.verbs(side).contains(s.verb())).toList();
    for (int pages : SIZES) {
      groups.add(new Group(able.stream().map(s -> s.figure(side, pages)).toList(), isAmong));
    }
  }

  static VerbProbe open(Backing backing, HostSizes host) {
    VerbProbe probe = new VerbProbe(backing, host);
    for (int i = 0; i < WARMUP_ROUNDS; i++) {
      probe.round(false);
    }
    return probe;
  }

  /** Verbs that are measured, where a backing has them. */
  static Set<Verb> verbs() {
    Set<Verb> verbs = EnumSet.noneOf(Verb.class);
    ALONE.forEach(step -> verbs.add(step.verb()));
    return verbs;
  }

  @Override
  public void round() {
    round(true);
  }

  @Override
  public void close() {
    memory.close();
  }

  private void round(boolean enters) {
    Group last = groups.get(groups.size() - 1);
    for (Group group : groups) {
      if (group.side() != last.side() || group.isAmong() != last.isAmong()) {
        memory.prepare(group.side(), group.isAmong());
      }
      take(group, enters);
      last = group;
    }
    if (Ticks.here() == Ticks.TIME) { // no cache is cold where only instructions count
      reuse.round(enters);
    }
  }

  /** All figures of a size, again and again at different places. */
  private void take(Group group, boolean enters) {
    int pages = group.pages();
    int repetitions = Math.max(2, Math.min(MOST_REPETITIONS, PAGES_A_ROUND / pages));
    if (!enters && pages <= 8) {
      repetitions *= (int) Ticks.here().repeat(20); // until the compiler is done
    }
    group.figures().forEach(Figure::begin);
    for (int n = 0; n < repetitions; n++) {
      long gfn = place(n, pages);
      for (Figure figure : group.figures()) {
        figure.take(memory, gfn);
      }
    }
    if (enters) {
      group.figures().forEach(Figure::enter);
    }
  }

  /** Sixteen places a page more than the size apart, as far as they fit: every alignment occurs. */
  private long place(int n, int pages) {
    long places = Math.min(16, memory.pages() / (pages + 1) - 1);
    return pages % 8 + n % places * (pages + 1);
  }

  @Override
  public Map<String, List<Point>> points() {
    Stream<Figure> all =
        Stream.concat(groups.stream().flatMap(g -> g.figures().stream()), reuse.figures());
    return Figures.points(all, f -> backing.name() + "." + section(f));
  }

  /** A verb of one side only has one section, as a profile has it. */
  private String section(Figure figure) {
    boolean isOfBoth = backing.verbs(figure.side().other()).contains(figure.verb());
    return isOfBoth ? figure.section() : figure.verb().text();
  }
}
