// SPDX-License-Identifier: Apache-2.0
package gmembench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.backing.Backing;
import gmembench.chart.ChartKind;
import gmembench.compare.ComparisonFormat;
import gmembench.pattern.Pattern;
import gmembench.strategy.AdaptiveDiscard;
import gmembench.strategy.BatchedDiscard;
import gmembench.strategy.LazyDiscard;
import gmembench.strategy.Strategy;
import gmembench.tracker.Tracker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginsTest {
  @Test
  void optionsAreParsedByTheirUnits() {
    assertThat(Plugins.parse(Strategy.class, "lazy-discard:budget=1MiB"))
        .isEqualTo(new LazyDiscard(1 << 20));
    assertThat(Plugins.parse(Strategy.class, "batched-discard:window=10ms:conversions=7"))
        .isEqualTo(new BatchedDiscard(7, 10_000_000));
    assertThat(Plugins.parse(Strategy.class, "adaptive-discard:window=5"))
        .isEqualTo(new AdaptiveDiscard(16 << 20, 5));
  }

  @Test
  void labelsAreParsedBackToTheSame() {
    Stream.of(
            Strategy.class,
            Tracker.class,
            Backing.class,
            Pattern.class,
            ChartKind.class,
            ComparisonFormat.class)
        .flatMap(kind -> Plugins.all(kind).stream())
        .forEach(plugin -> {
          assertThat(plugin.name()).matches("[a-z0-9]+(-[a-z0-9]+)*");
          assertThat(plugin.why()).isNotBlank().doesNotContain("\n").hasSizeLessThan(110);
          assertThat(plugin.label()).doesNotContain(",").doesNotContain("/");
        });
    for (Strategy strategy : Plugins.all(Strategy.class)) {
      assertThat(Plugins.parse(Strategy.class, strategy.label())).isEqualTo(strategy);
    }
  }

  /**
   * By hand, after the kinds of names that there are: plain words, a capital inside a word, digits
   * that end a word, digits with a unit.
   */
  @ParameterizedTest
  @CsvSource({
    "Snp, snp",
    "KvmClock, kvm-clock",
    "InPlaceLazySplit, in-place-lazy-split",
    "XArray, xarray",
    "XArrayRange, xarray-range",
    "Fls64, fls64",
    "Fls64Range, fls64-range",
    "Hugetlb1g, hugetlb-1g",
    "Hugetlb16kBound, hugetlb-16k-bound",
    "hotPages, hot-pages",
    "budget, budget"
  })
  void namesAreThoseOfClassesWithDashes(String camelCase, String name) {
    assertThat(Plugins.dashed(camelCase)).isEqualTo(name);
  }

  @Test
  void theFixedNamesAreThere() {
    assertThat(names(Strategy.class))
        .contains(
            "snp",
            "eager-punch-hole",
            "no-shared-discard",
            "lazy-discard",
            "batched-discard",
            "adaptive-discard",
            "in-place-wait",
            "in-place-split",
            "in-place-lazy-split",
            "punch-folio");
    assertThat(names(Tracker.class)).contains("bitmap");
    assertThat(names(Backing.class)).contains("null", "memfd", "guest-memfd");
  }

  private static <P extends Plugin> List<String> names(Class<P> kind) {
    return Plugins.all(kind).stream().map(Plugin::name).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lazy | unknown strategy",
        "lazy-discard:budget | is no option",
        "lazy-discard:budgets=1M | unknown option 'budgets' of lazy-discard, expected budget",
        "lazy-discard:budget=1X | expected a size",
        "lazy-discard:budget=-1M | expected a size",
        "batched-discard:conversions=0 | conversions of 1 or more",
        "batched-discard:conversions=x | expected a whole number",
        "batched-discard:window=5 | expected a duration",
        "adaptive-discard:window=99999999999 | too large",
        "in-place-lazy-split:levels=2m | levels of 1g-2m-4k or 1g-4k",
        "snp:a=b | unknown option 'a' of snp, expected no options",
        "'' | unknown strategy",
      })
  void badSpecificationsAreNamed(String spec, String message) {
    assertThatThrownBy(() -> Plugins.parse(Strategy.class, spec))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(spec)
        .hasMessageContaining(message)
        .hasMessageContaining(", expected ");
  }
}
