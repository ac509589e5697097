// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.backing.Verb;
import gmembench.guest.Side;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A punch looks at the pages that it frees, and at no others. */
class PunchedPagesTest {
  private static final int PAGES = 1024;

  /** 200 lines of a CPU's own, 600 of the last level. */
  private static final HostSizes HOST = new HostSizes(200 * 64, 600 * 64, 33, 8);

  private final Effects effects = new Effects(PAGES, false, HOST);

  private String punch(long gfn, long pages) {
    effects.apply(Verb.DISCARD, gfn, pages, Side.SHARED);
    return Counted.of(
        effects.counts(), Term.PER_FAULT, Term.PER_AWAY, Term.PER_AWAY_FAULT, Term.PER_FAR);
  }

  /** By hand: of 512 pages 3 are there; other memory of 601 lines was used since they were. */
  @Test
  void whatIsNotThereIsNotFar() {
    assertThat(punch(0, 512)).isEmpty();
    effects.apply(Verb.TOUCH, 100, 2, Side.SHARED);
    effects.apply(Verb.TOUCH, 300, 1, Side.SHARED);
    effects.use(601);
    assertThat(punch(0, 512)).isEqualTo("3 fault, 3 away, 3 away fault, 3 far");
    assertThat(punch(0, 512)).isEmpty();
  }

  /**
   * By hand: a page is new, which uses 66 lines, and 133 others are used: 199, so it is near still.
   * A punch of 512 absent pages between uses no line; looking at each would have used 1024.
   */
  @Test
  void anEmptyPunchUsesNoCache() {
    effects.apply(Verb.TOUCH, 0, 1, Side.SHARED);
    effects.use(133);
    assertThat(punch(512, 512)).isEmpty();
    assertThat(punch(0, 1)).isEqualTo("1 fault");
  }

  /** Page by page, by when a group of 64 was used last. */
  private static final class Naive {
    private final boolean[][] resident = new boolean[2][PAGES];
    private final long[][] usedAt = new long[2][PAGES / 64];
    private long used;

    Naive() {
      for (long[] groups : usedAt) {
        Arrays.fill(groups, -601);
      }
    }

    String apply(Verb verb, int gfn, int pages, Side side) {
      boolean[] here = resident[side.ordinal()];
      long[] last = usedAt[side.ordinal()];
      int met = 0;
      int changed = 0;
      int away = 0;
      int far = 0;
      for (int page = gfn; page < gfn + pages; page++) {
        if (verb != Verb.DISCARD || here[page]) {
          met++;
          away += used - last[page / 64] > 200 ? 1 : 0;
          far += used - last[page / 64] > 600 ? 1 : 0;
        }
        changed += here[page] == (verb == Verb.DISCARD) ? 1 : 0;
      }
      for (int page = gfn; page < gfn + pages; page++) {
        here[page] = verb != Verb.DISCARD;
        last[page / 64] = verb == Verb.DISCARD ? last[page / 64] : used;
      }
      used += 2L * met + (verb == Verb.DISCARD ? 0 : 64L * changed);
      return changed + " " + away + " " + far;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void agreesWithPageByPage(long seed) {
    Random random = new Random(seed);
    Naive naive = new Naive();
    Verb[] verbs = {Verb.TOUCH, Verb.ALLOCATE, Verb.DISCARD, Verb.DISCARD};
    for (int i = 0; i < 5000; i++) {
      Verb verb = verbs[random.nextInt(verbs.length)];
      int gfn = random.nextInt(PAGES);
      int pages = 1 + random.nextInt(Math.min(PAGES - gfn, 1 << random.nextInt(10)));
      Side side = Side.values()[random.nextInt(2)];
      effects.apply(verb, gfn, pages, side);
      Counts counts = effects.counts();
      assertThat(
              counts.of(Term.PER_FAULT)
                  + " "
                  + counts.of(Term.PER_AWAY)
                  + " "
                  + counts.of(Term.PER_FAR))
          .as(i + ": " + verb + " " + gfn + " + " + pages + " " + side)
          .isEqualTo(naive.apply(verb, gfn, pages, side));
    }
  }
}
