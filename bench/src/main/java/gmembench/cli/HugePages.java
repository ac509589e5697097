// SPDX-License-Identifier: Apache-2.0
package gmembench.cli;

import gmembench.engine.Live;
import gmembench.engine.Subject;
import gmembench.engine.Subjects;
import gmembench.linux.HugePool;
import gmembench.linux.Reservation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The huge pages that a plan needs, reserved for as long as it runs. */
final class HugePages implements AutoCloseable {
  private final List<Reservation> reserved = new ArrayList<>();

  static HugePages none() {
    return new HugePages();
  }

  /**
   * Reserves what the largest live block needs of each pool. Fewer may be had; a block for which
   * they are too few says so in its rows.
   */
  static HugePages reserve(Plan plan, Subjects subjects) {
    HugePages pages = new HugePages();
    try {
      needed(plan, subjects)
          .forEach((pool, count) -> pages.reserved.add(Reservation.of(pool, count)));
      return pages;
    } catch (RuntimeException e) {
      pages.close();
      throw e;
    }
  }

  /** Most pages of each pool that a live block has in use at once. */
  private static Map<HugePool, Long> needed(Plan plan, Subjects subjects) {
    Map<HugePool, Long> needed = new LinkedHashMap<>();
    for (Plan.Step step : plan.steps()) {
      HugePool pool = step.block().backing().pool();
      if (pool != null && step.engine() instanceof Live) {
        Subject subject = subjects.of(step.block().workload());
        needed.merge(pool, step.block().poolPages(subject.footprint()), Math::max);
      }
    }
    return needed;
  }

  @Override
  public void close() {
    reserved.forEach(Reservation::close);
  }
}
