// SPDX-License-Identifier: Apache-2.0
package gmembench.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.Plugins;
import gmembench.Units;
import gmembench.backing.Verb;
import gmembench.guest.Side;
import gmembench.tracker.Bitmap;
import org.junit.jupiter.api.Test;

/** At which nanosecond and page others discard, and what strategies say of themselves, by hand. */
class DiscardEdgesTest {
  private static final int PAGES = 64;

  private final List<String> discards = new ArrayList<>();

  private Converter open(Strategy strategy) {
    NaiveMemory memory =
        new NaiveMemory(PAGES, false) {
          @Override
          public long apply(Verb verb, long gfn, long pages, Side side) {
            discards.add(side.text() + " " + gfn + "+" + pages);
            return pages;
          }
        };
    return strategy.open(memory, new Bitmap().open(PAGES));
  }

  /** Time counts from the first conversion that waits; at 1000 ns of it the window is over. */
  @Test
  void aBatchIsAsOldAsItsFirstConversion() {
    Converter converter = open(new BatchedDiscard(64, 1000));
    converter.idle(5000);
    converter.convert(5, 1, Side.SHARED);
    converter.idle(999);
    assertThat(discards).isEmpty();
    converter.idle(1);
    assertThat(discards).containsExactly("private 5+1");
    converter.idle(5000);
    converter.convert(9, 1, Side.SHARED);
    converter.idle(999);
    assertThat(discards).hasSize(1);
  }

  /**
   * Two pages may be left; with the third the oldest goes. A touch of what is in use is no stray.
   */
  @Test
  void aBudgetMayBeUsedUp() {
    Converter converter = open(new LazyDiscard(2 * Units.PAGE_BYTES));
    converter.convert(5, 1, Side.SHARED);
    converter.convert(7, 1, Side.SHARED);
    assertThat(converter.touched(7, 1, Side.SHARED)).isFalse();
    assertThat(discards).isEmpty();
    converter.convert(9, 1, Side.SHARED);
    assertThat(discards).containsExactly("private 5+1");
  }

  /** One file is behind both sides for these; all others have two. */
  @Test
  void whoConvertsInPlaceSaysSo() {
    assertThat(Plugins.all(Strategy.class).stream().filter(Strategy::inPlace).map(Strategy::name))
        .containsExactlyInAnyOrder(
            "direct-map",
            "in-place-attribute",
            "in-place-lazy-split",
            "in-place-range-split",
            "in-place-shattered",
            "in-place-split",
            "in-place-wait",
            "snp");
  }

  /** Whoever punches needs a backing that can. */
  @Test
  void whoDiscardsNeedsIt() {
    assertThat(
            Plugins.all(Strategy.class).stream()
                .filter(s -> s.needs().contains(Verb.DISCARD))
                .map(Strategy::name))
        .containsExactlyInAnyOrder(
            "adaptive-discard",
            "attribute-punch",
            "batched-discard",
            "bind-late",
            "eager-punch-hole",
            "lazy-discard",
            "memslot-punch",
            "no-shared-discard",
            "punch-folio",
            "upm-2022");
  }
}
