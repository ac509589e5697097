// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import gmembench.backing.Verb;
import gmembench.workload.Side;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A verb in a state, on a side, over a number of pages: what was counted in a round, and timed in
 * every round.
 */
final class Figure {
  private final Verb verb;
  private final String state;
  private final Side side;
  private final int pages;
  private final List<Double> ns = new ArrayList<>();
  private final Map<Term, Double> counts = new EnumMap<>(Term.class);
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

  /** Of a profile: {@code touch.private}. */
  String section() {
    return verb.text() + "." + side.text();
  }

  Point point() {
    Map<Term, Double> means = new EnumMap<>(counts);
    means.replaceAll((term, sum) -> sum / taken);
    return new Point(what(), means, Medians.of(ns));
  }

  /** A round begins. */
  void begin() {
    counts.clear();
    sumNs = 0;
    taken = 0;
  }

  /** Takes it of a range once. */
  void take(Probed memory, long gfn) {
    sumNs += memory.timed(verb, gfn, pages, side);
    memory.count(counts, pages);
    taken++;
  }

  /** The round is over, and counts. */
  void enter() {
    ns.add((double) sumNs / taken);
  }
}
