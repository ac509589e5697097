// SPDX-License-Identifier: Apache-2.0
package gmembench.calibrate;

import module java.base;

import gmembench.backing.Verb;
import gmembench.guest.Side;

/** The figures of a script of verbs, each made when the script first comes to it. */
final class Figures {
  private record Step(Verb verb, Side side, int pages, String state) {
    Figure figure() {
      return new Figure(verb, state, side, pages);
    }
  }

  private final Map<Step, Figure> all = new LinkedHashMap<>();
  private boolean measures;

  /** Plays the script once so that it counts; else it only warms up. */
  void measure(Runnable script) {
    all.values().forEach(Figure::begin);
    measures = true;
    script.run();
    measures = false;
    all.values().forEach(Figure::enter);
  }

  /** A step of the script; it does not count if another thread was at work meanwhile. */
  void step(Probed memory, Verb verb, long gfn, long pages, Side side, String state) {
    if (measures) {
      figure(verb, pages, side, state).takeAlone(memory, gfn);
    } else {
      memory.apply(verb, gfn, pages, side);
    }
  }

  /**
   * Two verbs by turns, as a replay does the same again and again. They are counted before, so that
   * caches hold what they need.
   *
   * @param states of the verbs, in their order
   */
  void byTurns(
      Probed memory,
      long gfn,
      long pages,
      Side side,
      int times,
      SequencedMap<Verb, String> states) {
    if (!measures) {
      repeat(times, states.keySet(), verb -> memory.apply(verb, gfn, pages, side));
      return;
    }
    List<Figure> figures = new ArrayList<>();
    states.forEach((verb, state) -> figures.add(figure(verb, pages, side, state)));
    repeat(times, figures, figure -> figure.expect(memory, gfn));
    repeat(times, figures, figure -> figure.time(memory, gfn));
  }

  private static <T> void repeat(int times, Iterable<T> all, Consumer<T> action) {
    for (int i = 0; i < times; i++) {
      all.forEach(action);
    }
  }

  private Figure figure(Verb verb, long pages, Side side, String state) {
    Step step = new Step(verb, side, Math.toIntExact(pages), state);
    return all.computeIfAbsent(step, Step::figure);
  }

  Stream<Figure> stream() {
    return all.values().stream();
  }

  /** Points of figures by the section of a profile that they belong to. */
  static Map<String, List<Point>> points(Stream<Figure> figures, Function<Figure, String> section) {
    Map<String, List<Point>> sections = new LinkedHashMap<>();
    figures
        .filter(Figure::isMeasured)
        .forEach(figure ->
            sections
                .computeIfAbsent(section.apply(figure), s -> new ArrayList<>())
                .add(figure.point()));
    return sections;
  }
}
