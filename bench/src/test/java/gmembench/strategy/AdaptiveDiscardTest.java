// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Units;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.tracker.Bitmap;
import org.junit.jupiter.api.Test;

/** At which conversion adaptive-discard discards, by hand: window and budget are inclusive. */
class AdaptiveDiscardTest {
  private static final int PAGES = 512;

  private final List<String> discards = new ArrayList<>();
  private final NaiveMemory memory =
      new NaiveMemory(PAGES, false) {
        @Override
        public long apply(Verb verb, long gfn, long pages, Side side) {
          discards.add(side.text() + " " + gfn + "+" + pages);
          return pages;
        }
      };

  private Converter open(long budgetPages, int window) {
    return new AdaptiveDiscard(budgetPages * Units.PAGE_BYTES, window)
        .open(memory, new Bitmap().open(PAGES));
  }

  /** Conversions of other pages, each of which is discarded at once. */
  private void others(Converter converter, int count) {
    for (int i = 0; i < count; i++) {
      converter.convert(100 + i, 1, Side.SHARED);
    }
    discards.clear();
  }

  /** The conversion of page 5 is number 1; number 4 is 3 later, number 5 is 4 later. */
  @Test
  void whatFlipsWithinTheWindowIsSpared() {
    Converter converter = open(100, 3);
    converter.convert(5, 1, Side.SHARED);
    others(converter, 2);
    converter.convert(5, 1, Side.PRIVATE);
    assertThat(discards).as("3 conversions later").isEmpty();

    converter = open(100, 3);
    converter.convert(5, 1, Side.SHARED);
    others(converter, 3);
    converter.convert(5, 1, Side.PRIVATE);
    assertThat(discards).as("4 conversions later").containsExactly("shared 5+1");
  }

  /** Spared at conversion 2, it is idle for the window at 5 and for more than that at 6. */
  @Test
  void whatIsSparedGoesWhenItWasIdleForMoreThanTheWindow() {
    Converter converter = open(100, 3);
    converter.convert(5, 1, Side.SHARED);
    converter.convert(5, 1, Side.PRIVATE);
    discards.clear();
    for (int i = 0; i < 3; i++) {
      converter.convert(100 + i, 1, Side.SHARED);
    }
    assertThat(discards).containsExactly("private 100+1", "private 101+1", "private 102+1");
    converter.convert(103, 1, Side.SHARED);
    assertThat(discards).endsWith("private 103+1", "shared 5+1");
  }

  /** A budget of 4 pages holds two ranges of 2; with a page more the oldest range goes. */
  @Test
  void theBudgetMayBeUsedUp() {
    Converter converter = open(4, 1000);
    for (int gfn : new int[] {10, 20, 30}) {
      converter.convert(gfn, gfn == 30 ? 1 : 2, Side.SHARED);
    }
    discards.clear();
    converter.convert(10, 2, Side.PRIVATE);
    converter.convert(20, 2, Side.PRIVATE);
    assertThat(discards).isEmpty();
    converter.convert(30, 1, Side.PRIVATE);
    assertThat(discards).containsExactly("shared 10+2");
  }
}
