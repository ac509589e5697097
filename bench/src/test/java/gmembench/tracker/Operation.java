// SPDX-License-Identifier: Apache-2.0
package gmembench.tracker;

import gmembench.Units;
import gmembench.guest.Side;
import java.util.random.RandomGenerator;

/** One conversion of a random test, of every shape that has ever made trouble. */
record Operation(long gfn, long pages, Side side) {
  private static final long FRAME = 1L << PageMap.ORDER_2M;
  private static final long GIB = 1L << PageMap.ORDER_1G;

  /**
   * @param previous what a range may overlap at its head or tail
   */
  static Operation random(RandomGenerator random, long guest, Operation previous) {
    Side side = random.nextBoolean() ? Side.SHARED : Side.PRIVATE;
    long gfn;
    long pages;
    switch (random.nextInt(128)) {
      case 0 -> {
        gfn = 0;
        pages = guest;
      }
      case 1, 2 -> {
        pages = GIB * (1 + random.nextInt(2));
        gfn = random.nextLong(guest) & -GIB;
      }
      case 3, 4, 5, 6 -> {
        pages = 1 + random.nextLong(guest);
        gfn = random.nextLong(guest);
      }
      default -> {
        return small(random, guest, previous, side);
      }
    }
    return clipped(gfn, pages, guest, side);
  }

  private static Operation small(
      RandomGenerator random, long guest, Operation previous, Side side) {
    long gfn = near(random, guest);
    long pages = 1;
    switch (random.nextInt(8)) {
      case 0, 1 -> pages = 1;
      case 2 -> pages = 1L + random.nextInt(70);
      case 3 -> pages = 1L + random.nextInt(1500);
      case 4 -> {
        pages = FRAME * (1 + random.nextInt(3));
        gfn &= -FRAME;
      }
      case 5 -> {
        int order = random.nextInt(20);
        pages = 1L << order;
        gfn &= -pages;
      }
      case 6 -> {
        pages = previous.pages;
        gfn = previous.gfn + random.nextLong(-pages, pages + 1);
      }
      default -> {
        pages = previous.pages + random.nextInt(-2, 3);
        gfn = previous.gfn + random.nextInt(-2, 3);
      }
    }
    return clipped(gfn, pages, guest, side);
  }

  /** Mostly in a few places, so that ranges meet. */
  private static long near(RandomGenerator random, long guest) {
    return switch (random.nextInt(4)) {
      case 0 -> random.nextLong(guest);
      case 1 -> Math.max(0, guest - 1 - random.nextInt(2000));
      case 2 -> Math.max(0, guest / 2 - 600 + random.nextInt(1200));
      default -> random.nextInt(2000);
    };
  }

  private static Operation clipped(long gfn, long pages, long guest, Side side) {
    long from = Math.clamp(gfn, 0, guest - 1);
    return new Operation(from, Math.clamp(pages, 1, guest - from), side);
  }

  @Override
  public String toString() {
    return "set(" + Units.hex(gfn) + ", " + Units.hex(pages) + ", " + side + ")";
  }
}
