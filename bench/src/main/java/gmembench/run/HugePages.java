// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import static java.util.Comparator.comparingLong;

import module java.base;

import gmembench.backing.Backing;
import gmembench.calibrate.Rounds;
import gmembench.engine.Subject;
import gmembench.engine.Subjects;
import gmembench.linux.HugePool;
import gmembench.linux.Reservation;

/** The huge pages that a plan needs, reserved for as long as it runs. */
public final class HugePages implements AutoCloseable {
  private final List<Reservation> reserved = new ArrayList<>();

  public static HugePages none() {
    return new HugePages();
  }

  /**
   * Reserves what the largest live block needs of each pool, leaving out those that need more than
   * the host can spare. Fewer may be had; a block for which they are too few says so in its rows.
   */
  static HugePages reserve(Plan plan, Subjects subjects) {
    HugePages pages = new HugePages();
    try {
      needed(plan, subjects)
          .forEach((pool, counts) -> {
            Long most = counts.floor(pool.most());
            if (most != null) {
              pages.reserved.add(Reservation.of(pool, most));
            }
          });
      return pages;
    } catch (RuntimeException e) {
      pages.close();
      throw e;
    }
  }

  /** Reserves what calibration of these backings needs. */
  public static HugePages forCalibration(List<Backing> backings) {
    HugePages pages = new HugePages();
    try {
      for (Backing backing : backings) {
        HugePool pool = backing.pool();
        if (pool != null) {
          pages.reserved.add(Reservation.of(pool, Rounds.poolPages(backing)));
        }
      }
      return pages;
    } catch (RuntimeException e) {
      pages.close();
      throw e;
    }
  }

  /**
   * How many pages of each pool live blocks have in use at once; the largest pages come first,
   * since they need free memory that is all in one place.
   */
  private static Map<HugePool, NavigableSet<Long>> needed(Plan plan, Subjects subjects) {
    Map<HugePool, NavigableSet<Long>> needed =
        new TreeMap<>(comparingLong(HugePool::pageBytes).reversed());
    for (Plan.Step step : plan.steps()) {
      HugePool pool = step.block().backing().pool();
      if (pool != null && step.engine().isTimed()) {
        Subject subject = subjects.of(step.block().workload());
        needed
            .computeIfAbsent(pool, p -> new TreeSet<>())
            .add(step.block().poolPages(subject.footprint()));
      }
    }
    return needed;
  }

  @Override
  public void close() {
    reserved.forEach(Reservation::close);
  }
}
