// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import gmembench.engine.Effects;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A verb in one state: what was counted and timed of its calls, in every round. */
final class Cell {
  private final String what;
  private final long pages;
  private final List<Double> ns = new ArrayList<>();
  private final Map<Term, Double> counts = new EnumMap<>(Term.class);
  private long calls;
  private long roundCalls;
  private long roundNs;

  Cell(long pages, String state) {
    this.what = pages + (pages == 1 ? " page " : " pages ") + state;
    this.pages = pages;
  }

  /** A call, as {@code effects} has just counted it. */
  void add(long tookNs, Effects effects) {
    calls++;
    roundCalls++;
    roundNs += tookNs;
    count(Term.FIXED, 1);
    count(Term.PER_PAGE, pages);
    count(Term.ONCE, effects.faults() > 0 ? 1 : 0);
    count(Term.PER_FAULT, effects.faults());
    count(Term.ONCE_MAP, effects.maps() > 0 ? 1 : 0);
    count(Term.PER_MAP, effects.maps());
    count(Term.PER_NODE, effects.nodes());
    count(Term.PER_FAR, effects.far());
    count(Term.PER_FAR_GROUP, effects.farGroups());
    count(Term.PER_FAR_FAULT, effects.farFaults());
    count(Term.PER_FOLIO, effects.folios());
    count(Term.PER_SPLIT, effects.splits());
    count(Term.PER_SPLIT_FOLIO, effects.splitFolios());
    count(Term.PER_SPLIT_MAP, effects.splitMaps());
    count(Term.PER_ZEROED, effects.zeroed());
  }

  private void count(Term term, long more) {
    counts.merge(term, (double) more, Double::sum);
  }

  /** A round's mean is one figure. */
  void endRound() {
    if (roundCalls > 0) {
      ns.add((double) roundNs / roundCalls);
    }
    roundCalls = 0;
    roundNs = 0;
  }

  private Point point() {
    Map<Term, Double> ofCall = new EnumMap<>(Term.class);
    counts.forEach((term, sum) -> ofCall.put(term, sum / calls));
    return new Point(what, ofCall, Medians.of(ns));
  }

  /** Points by section: a backing's name and that of each cell. */
  static <K> Map<String, List<Point>> points(
      String backing, Map<K, Cell> cells, Function<K, String> name) {
    Map<String, List<Point>> sections = new LinkedHashMap<>();
    cells.forEach((key, cell) ->
        sections
            .computeIfAbsent(backing + "." + name.apply(key), s -> new ArrayList<>())
            .add(cell.point()));
    return sections;
  }
}
