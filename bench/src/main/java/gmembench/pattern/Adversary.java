// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import com.google.auto.service.AutoService;
import gmembench.guest.Guest;
import gmembench.guest.PageSet;
import gmembench.trace.Events;
import gmembench.trace.Op;
import java.util.random.RandomGenerator;

/**
 * A guest that flips to hurt its host, or happens to: the worst case of each data structure and
 * strategy. Every shape comes back to private at the end of a round, except ragged, which overlaps
 * at random.
 *
 * @param shape what is flipped
 * @param flips conversions in all
 * @param gapNs time between two conversions
 */
@AutoService(Pattern.class)
public record Adversary(Shape shape, long flips, long gapNs) implements Pattern {
  public Adversary() {
    this(Shape.ALTERNATE, 200_000, 1000);
  }

  public Adversary {
    if (flips < 1 || gapNs < 0) {
      throw new IllegalArgumentException("flips of 1 or more, gap of 0 or more");
    }
  }

  @Override
  public String why() {
    return "what hurts most: alternating pages, one page a frame, one hot page, the last page, ragged ranges";
  }

  /** What is flipped. */
  public enum Shape {
    /** Every other page, upwards: the most ranges that there can be. */
    ALTERNATE,
    /** One page in every 2M frame: everything is mixed. */
    ONE_PER_FRAME,
    /** The same page all the time. */
    HOT_PAGE,
    /** The last page: what counts its highest bit anew each time loses. */
    LAST_PAGE,
    /** Random single pages. */
    SCATTERED,
    /** Random ranges of up to 4 MiB that overlap: edges are split and merged all the time. */
    RAGGED
  }

  @Override
  public Steps open(Guest guest, RandomGenerator random) {
    PageSet shared = new PageSet(guest.pages());
    return new Steps() {
      private long done;

      @Override
      public boolean next(Events out) {
        switch (shape) {
          case ALTERNATE -> sweep(out, 2);
          case ONE_PER_FRAME -> sweep(out, Math.min(guest.pages(), Guest.FRAME_PAGES));
          case HOT_PAGE -> flip(out, 0, 1);
          case LAST_PAGE -> flip(out, guest.pages() - 1, 1);
          case SCATTERED -> flip(out, random.nextLong(guest.pages()), 1);
          case RAGGED -> ragged(out);
        }
        out.idle(gapNs);
        return ++done < flips;
      }

      // All of them shared, then all private, and again.
      private void sweep(Events out, long stride) {
        long pages = Math.max(1, guest.pages() / stride);
        boolean back = done / pages % 2 == 1;
        out.add(back ? Op.TO_PRIVATE : Op.TO_SHARED, done % pages * stride, 1);
      }

      private void flip(Events out, long gfn, long pages) {
        boolean back = shared.contains(gfn);
        if (back) {
          shared.remove(gfn, pages);
        } else {
          shared.add(gfn, pages);
        }
        out.add(back ? Op.TO_PRIVATE : Op.TO_SHARED, gfn, pages);
      }

      private void ragged(Events out) {
        long gfn = random.nextLong(guest.pages());
        long pages = 1 + random.nextLong(Math.min(1024, guest.pages() - gfn));
        out.add(random.nextBoolean() ? Op.TO_PRIVATE : Op.TO_SHARED, gfn, pages);
      }
    };
  }
}
