// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.linux.CpuTime;
import gmembench.mm.Term;

/**
 * A verb in a state, on a side, over a number of pages: what was counted in a round, and timed in
 * every round.
 */
final class Figure {
  /** More than the clocks are apart. */
  private static final long MOST_OTHERS_NS = 500;

  private final Verb verb;
  private final String state;
  private final Side side;
  private final int pages;
  private final List<Double> ns = new ArrayList<>();
  private final Map<Term, Double> counts = new EnumMap<>(Term.class);
  private int allTaken;
  private final Map<Term, Double> roundCounts = new EnumMap<>(Term.class);
  private long sumNs;
  private int taken;

  Figure(Verb verb, String state, Side side, int pages) {
    this.verb = verb;
    this.state = state;
    this.side = side;
    this.pages = pages;
  }

  Verb verb() {
    return verb;
  }

  Side side() {
    return side;
  }

  int pages() {
    return pages;
  }

  /** As {@code 2 pages absent}. */
  String what() {
    return pages + (pages == 1 ? " page " : " pages ") + state;
  }

  /** The section of a profile: {@code touch.private}. */
  String section() {
    return verb.text() + "." + side.text();
  }

  /** False if other threads were always at work. */
  boolean isMeasured() {
    return !ns.isEmpty();
  }

  Point point() {
    Map<Term, Double> means = new EnumMap<>(counts);
    means.replaceAll((term, sum) -> sum / allTaken);
    return new Point(what(), means, Medians.of(ns), ns.size());
  }

  /** A round begins. */
  void begin() {
    roundCounts.clear();
    sumNs = 0;
    taken = 0;
  }

  /** Takes it of a range once. */
  void take(Probed memory, long gfn) {
    expect(memory, gfn);
    time(memory, gfn);
  }

  /** The same, but it does not count if another thread of the JVM was at work meanwhile. */
  void takeAlone(Probed memory, long gfn) {
    memory.expect(verb, gfn, pages, side);
    long before = CpuTime.ofOtherThreadsNs();
    long took = memory.timed(verb, gfn, pages, side);
    if (CpuTime.ofOtherThreadsNs() - before < Math.max(MOST_OTHERS_NS, took / 100)) {
      sumNs += took;
      enterCounts(memory);
    }
  }

  /** The half of {@link #take} that uses caches, which may be done long before the other. */
  void expect(Probed memory, long gfn) {
    memory.expect(verb, gfn, pages, side);
    enterCounts(memory);
  }

  /**
   * The other half. Pages that are mapped are touched twice, and the second time counts, as where
   * one touch follows another: what was counted before has driven the code out of the caches, which
   * is a third of such a touch and nothing beside a fault.
   */
  void time(Probed memory, long gfn) {
    if (verb == Verb.TOUCH && state.equals("mapped")) {
      memory.timed(verb, gfn, pages, side);
    }
    sumNs += memory.timed(verb, gfn, pages, side);
  }

  private void enterCounts(Probed memory) {
    memory.count(roundCounts, verb == Verb.ASK ? 0 : pages); // an exit is the same for any range
    taken++;
  }

  /** The round is over, and counts. */
  void enter() {
    if (taken > 0) {
      ns.add((double) sumNs / taken);
      allTaken += taken;
      roundCounts.forEach((term, sum) -> counts.merge(term, sum, Double::sum));
    }
  }
}
