// SPDX-License-Identifier: Apache-2.0
package gmembench;

import module java.base;

/** Makes a failing case small. */
public final class Shrink {
  private Shrink() {}

  /** Leaves out halves, quarters, ... single items, as long as what is left still fails. */
  public static <T> List<T> smallest(List<T> failing, Predicate<List<T>> fails) {
    List<T> best = failing;
    for (int piece = best.size() / 2; piece > 0; piece = piece == 1 ? 0 : (piece + 1) / 2) {
      for (int at = 0; at < best.size(); ) {
        List<T> less = new ArrayList<>(best.subList(0, at));
        less.addAll(best.subList(Math.min(best.size(), at + piece), best.size()));
        if (!less.isEmpty() && fails.test(less)) {
          best = less;
        } else {
          at += piece;
        }
      }
    }
    return best;
  }
}
