// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import gmembench.backing.Backing;
import gmembench.backing.Memory;
import gmembench.backing.Verb;
import gmembench.engine.Effects;
import gmembench.workload.Guest;
import gmembench.workload.Side;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Times the verbs of one backing over sizes from 1 to 4096 pages, in the states in which a replay
 * meets them: absent, resident, resident but not mapped; with pages around that are resident, and
 * alone in the file; used a moment ago, and long ago. Rounds are outermost, so that drift of the
 * machine hits all alike; a figure is the median over rounds of a round's mean.
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
          new Step(Verb.DISCARD, "unmapped"));

  /** The same where the pages around are resident; it leaves the range as it was. */
  private static final List<Step> AMONG =
      List.of(
          new Step(Verb.DISCARD, "mapped, among others"),
          new Step(Verb.TOUCH, "absent, among others"),
          new Step(Verb.DISCARD, "mapped, among others, again"),
          new Step(Verb.TOUCH, "absent, among others, again"));

  /** What a conversion does to a range that was not used for long, and its touch. */
  private static final List<FarPass> FAR =
      List.of(
          new FarPass(Verb.DISCARD, Side.PRIVATE, "far, mapped"),
          new FarPass(Verb.TOUCH, Side.SHARED, "far, mapped"),
          new FarPass(Verb.DISCARD, Side.SHARED, "far, mapped"),
          new FarPass(Verb.TOUCH, Side.PRIVATE, "far, mapped"));

  /** Far ranges of every size lie in this part, and what drives them out of caches behind it. */
  private static final long FAR_PAGES = 27 << 10;

  private static final long BALLAST_PAGES = 16 << 10;
  private static final long GUEST_BYTES = (FAR_PAGES + BALLAST_PAGES) * 4096;
  private static final int MOST_FAR = 16;
  private static final int WARMUP_ROUNDS = 2;
  private static final int PAGES_A_ROUND = 1500;
  private static final int MOST_REPETITIONS = 250;

  private record Step(Verb verb, String state) {}

  /** A verb on a side; after a discard the other side is touched, as after a conversion. */
  private record FarPass(Verb verb, Side side, String state) {}

  /** A step of a size on a side: what was counted and timed in every round. */
  private static final class Cell {
    private final Step step;
    private final Side side;
    private final int pages;
    private final List<Double> ns = new ArrayList<>();
    private final Map<Term, Double> counts = new EnumMap<>(Term.class);

    Cell(Step step, Side side, int pages) {
      this.step = step;
      this.side = side;
      this.pages = pages;
    }

    Point point() {
      String what = pages + (pages == 1 ? " page " : " pages ") + step.state();
      return new Point(what, counts, Medians.of(ns));
    }
  }

  private final Backing backing;
  private final Memory memory;
  private final Effects effects;
  private final long guestPages;
  private final List<List<Cell>> groups = new ArrayList<>();

  /** For each of {@link #FAR}, for each size: the verb, and the touch after a discard. */
  private final List<List<Cell>> farGroups = new ArrayList<>();

  private VerbProbe(Backing backing, Memory memory, Guest guest) {
    this.backing = backing;
    this.memory = memory;
    this.guestPages = guest.pages();
    this.effects = new Effects(guestPages, false);
    for (FarPass pass : FAR) {
      for (int pages : SIZES) {
        farGroups.add(cells(pass, pages));
      }
    }
    for (Side side : Side.values()) {
      for (List<Step> steps : List.of(ALONE, AMONG)) {
        List<Step> able = steps.stream().filter(s -> backing.verbs().contains(s.verb())).toList();
        for (int pages : SIZES) {
          groups.add(able.stream().map(s -> new Cell(s, side, pages)).toList());
        }
      }
    }
  }

  private static List<Cell> cells(FarPass pass, int pages) {
    Cell first = new Cell(new Step(pass.verb(), pass.state()), pass.side(), pages);
    Step touch = new Step(Verb.TOUCH, "far, absent");
    return pass.verb() == Verb.DISCARD
        ? List.of(first, new Cell(touch, pass.side().other(), pages))
        : List.of(first);
  }

  static VerbProbe open(Backing backing) {
    Guest guest = Guest.ofBytes(GUEST_BYTES);
    VerbProbe probe = new VerbProbe(backing, backing.open(guest, false), guest);
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

  private void round(boolean counts) {
    Side last = Side.PRIVATE;
    boolean populated = true;
    for (List<Cell> group : groups) {
      boolean wantsPopulated = group.get(0).step.state().contains("among");
      Side side = group.get(0).side;
      if (side != last || wantsPopulated != populated) {
        prepare(side, wantsPopulated);
        last = side;
        populated = wantsPopulated;
      }
      group(group, counts);
    }
    far(counts);
  }

  /** Flips at places all over the guest there and back, each pass long after the one before. */
  private void far(boolean counts) {
    prepare(Side.PRIVATE, true);
    int index = 0;
    for (int pass = 0; pass < FAR.size(); pass++) {
      apply(Verb.DISCARD, FAR_PAGES, BALLAST_PAGES, Side.PRIVATE);
      apply(Verb.TOUCH, FAR_PAGES, BALLAST_PAGES, Side.PRIVATE);
      long gfn = 0;
      for (int size = 0; size < SIZES.length; size++) {
        gfn = far(farGroups.get(index++), gfn, counts);
      }
    }
  }

  /** Each range has groups of 64 pages to itself; returns where the next may lie. */
  private long far(List<Cell> group, long from, boolean counts) {
    int pages = group.get(0).pages;
    int repetitions = Math.clamp(128 / pages, 1, MOST_FAR);
    long stride = (pages + 127L) / 64 * 64;
    long[] sums = new long[group.size()];
    group.forEach(cell -> cell.counts.clear());
    for (int i = 0; i < repetitions; i++) {
      for (int s = 0; s < sums.length; s++) {
        Cell cell = group.get(s);
        sums[s] += timed(cell.step.verb(), from + i * stride, pages, cell.side);
        count(cell, repetitions);
      }
    }
    if (counts) {
      enter(group, sums, repetitions);
    }
    return from + repetitions * stride;
  }

  private static void enter(List<Cell> group, long[] sums, int repetitions) {
    for (int s = 0; s < sums.length; s++) {
      group.get(s).ns.add((double) sums[s] / repetitions);
    }
  }

  private void prepare(Side side, boolean populated) {
    for (Side each : Side.values()) {
      apply(Verb.DISCARD, 0, guestPages, each);
    }
    if (populated) {
      apply(Verb.TOUCH, 0, guestPages, side);
    }
  }

  private void apply(Verb verb, long gfn, long pages, Side side) {
    effects.apply(verb, gfn, pages, side);
    memory.apply(verb, gfn, pages, side);
  }

  /** One size on one side: all its steps, again and again at different places. */
  private void group(List<Cell> group, boolean counts) {
    int pages = group.get(0).pages;
    int repetitions = Math.max(2, Math.min(MOST_REPETITIONS, PAGES_A_ROUND / pages));
    if (!counts && pages <= 8) {
      repetitions *= 20; // until the compiler is done
    }
    long[] sums = new long[group.size()];
    group.forEach(cell -> cell.counts.clear());
    for (int i = 0; i < repetitions; i++) {
      long gfn = place(i, pages);
      for (int s = 0; s < sums.length; s++) {
        Cell cell = group.get(s);
        sums[s] += timed(cell.step.verb(), gfn, pages, cell.side);
        count(cell, repetitions);
      }
    }
    if (counts) {
      enter(group, sums, repetitions);
    }
  }

  /** As the recorder times it: one clock reading is in it. */
  private long timed(Verb verb, long gfn, long pages, Side side) {
    effects.apply(verb, gfn, pages, side);
    long start = System.nanoTime();
    memory.apply(verb, gfn, pages, side);
    return System.nanoTime() - start;
  }

  private void count(Cell cell, int repetitions) {
    double share = 1.0 / repetitions;
    cell.counts.merge(Term.FIXED, share, Double::sum);
    cell.counts.merge(Term.PER_PAGE, cell.pages * share, Double::sum);
    cell.counts.merge(Term.ONCE, effects.faults() > 0 ? share : 0, Double::sum);
    cell.counts.merge(Term.PER_FAULT, effects.faults() * share, Double::sum);
    cell.counts.merge(Term.ONCE_MAP, effects.maps() > 0 ? share : 0, Double::sum);
    cell.counts.merge(Term.PER_MAP, effects.maps() * share, Double::sum);
    cell.counts.merge(Term.PER_NODE, effects.nodes() * share, Double::sum);
    cell.counts.merge(Term.PER_FAR, effects.far() * share, Double::sum);
    cell.counts.merge(Term.PER_FAR_GROUP, effects.farGroups() * share, Double::sum);
    cell.counts.merge(Term.PER_FAR_FAULT, effects.farFaults() * share, Double::sum);
  }

  /** Sixteen places a page more than the size apart, as far as they fit: every alignment occurs. */
  private long place(int i, int pages) {
    long places = Math.min(16, guestPages / (pages + 1) - 1);
    return pages % 8 + i % places * (pages + 1);
  }

  @Override
  public Map<String, List<Point>> points() {
    Map<String, List<Point>> sections = new LinkedHashMap<>();
    List<List<Cell>> all = new ArrayList<>(groups);
    all.addAll(farGroups);
    for (List<Cell> group : all) {
      for (Cell cell : group) {
        String section =
            String.join(".", backing.name(), cell.step.verb().text(), cell.side.text())
                .toLowerCase(Locale.ROOT);
        sections.computeIfAbsent(section, s -> new ArrayList<>()).add(cell.point());
      }
    }
    return sections;
  }
}
