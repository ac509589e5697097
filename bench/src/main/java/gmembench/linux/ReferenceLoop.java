// SPDX-License-Identifier: Apache-2.0
package gmembench.linux;

import module java.base;

import gmembench.Ticks;
import gmembench.Units;
import org.apache.commons.statistics.descriptive.Median;

/**
 * One page of a memfd is touched and punched, again and again: fault, zeroing, unmapping and
 * freeing, which every live cell is made of. How long that takes tells whether a host is as fast as
 * it was at another time.
 */
public final class ReferenceLoop {
  private static final int PAIRS = 100;
  private static final int ROUNDS = 31;

  /** Until both compilers have seen the loop, and the page allocator its page. */
  private static final int WARM_UP = 10;

  private ReferenceLoop() {}

  /**
   * What a touch and a punch take, in ns of this process's clock: the median of 31 means of 100. A
   * matter of a tenth of a second. 0 where there is no memfd, and in instructions, which do not
   * drift: all that they would show is that the loop was not compiled at first.
   */
  public static long ns() {
    if (Ticks.here() == Ticks.INSTRUCTIONS) {
      return 0;
    }
    try (MappedFile page = MappedFile.memfd("reference", Units.PAGE_BYTES)) {
      double[] means = new double[ROUNDS];
      for (int round = -WARM_UP; round < ROUNDS; round++) {
        means[Math.max(0, round)] = mean(page);
      }
      return Math.round(Median.withDefaults().evaluate(means));
    } catch (LinuxException e) {
      return 0; // cells on other backings run all the same
    }
  }

  private static double mean(MappedFile page) {
    long start = System.nanoTime();
    for (int i = 0; i < PAIRS; i++) {
      page.touch(0, i, 1, 1);
      page.punchHole(0, Units.PAGE_BYTES);
    }
    return (double) (System.nanoTime() - start) / PAIRS;
  }
}
