// SPDX-License-Identifier: Apache-2.0
package gmembench.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import module java.base;

import gmembench.InputException;
import gmembench.Plugins;
import gmembench.guest.Guest;
import gmembench.trace.Op;
import gmembench.trace.Trace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every pattern that is found must keep. */
public class PatternTest {
  private static final Guest GUEST = new Guest(5L << 18, 4);

  public static List<Pattern> patterns() {
    return Plugins.all(Pattern.class);
  }

  @ParameterizedTest
  @MethodSource("patterns")
  void eventsAreInOrderAndInTheGuest(Pattern pattern) {
    long[] last = {0};
    long[] events = {0};
    new PatternTrace(pattern, GUEST, 1)
        .forEach((atNs, vcpu, op, gfn, pages) -> {
          assertThat(atNs >= last[0]).as("time goes on").isTrue();
          assertThat(vcpu >= 0 && vcpu < GUEST.vcpus()).isTrue();
          assertThat(gfn >= 0 && pages > 0 && gfn + pages <= GUEST.pages()).isTrue();
          last[0] = atNs;
          events[0]++;
        });
    assertThat(events[0]).isBetween(50L, 2_000_000L);
  }

  @ParameterizedTest
  @MethodSource("patterns")
  void sameSeedSameEvents(Pattern pattern) {
    Trace trace = new PatternTrace(pattern, GUEST, 7);
    assertThat(hash(trace)).isEqualTo(hash(trace));
    assertThat(hash(Trace.held(trace, batch -> {}))).isEqualTo(hash(trace));
  }

  @ParameterizedTest
  @MethodSource("patterns")
  void pinsAreTakenBack(Pattern pattern) {
    long[] pinned = {0};
    new PatternTrace(pattern, GUEST, 1)
        .forEach((atNs, vcpu, op, gfn, pages) -> {
          pinned[0] += op == Op.PIN ? pages : op == Op.UNPIN ? -pages : 0;
          assertThat(pinned[0]).isNotNegative();
        });
    assertThat(pinned[0]).isZero();
  }

  @ParameterizedTest
  @MethodSource("patterns")
  void labelMakesTheSamePatternAgain(Pattern pattern) {
    assertThat(Plugins.parse(Pattern.class, pattern.label())).isEqualTo(pattern);
    assertThat(pattern.why()).isNotBlank().doesNotContain("\n");
  }

  @Test
  void anotherSeedMakesOtherEvents() {
    Pattern pattern = new Adversary(Adversary.Shape.SCATTERED, 1000, 10);
    assertThat(hash(new PatternTrace(pattern, GUEST, 1)))
        .isNotEqualTo(hash(new PatternTrace(pattern, GUEST, 2)));
  }

  /** A change of a generator makes old results incomparable, so it must be noticed. */
  @Test
  void scatteredIsTheSameOnEveryMachine() {
    Pattern pattern = new Adversary(Adversary.Shape.SCATTERED, 1000, 10);
    assertThat(hash(new PatternTrace(pattern, GUEST, 1))).isEqualTo(8748124504753664594L);
  }

  @Test
  void tooSmallGuestIsBadInput() {
    Trace trace = new PatternTrace(new OvmfFlips(), new Guest(4096, 1), 1);
    assertThatThrownBy(() -> hash(trace))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("ovmf-flips")
        .hasMessageContaining("expected gfns");
  }

  @Test
  void optionOutOfRangeIsBadInput() {
    for (Pattern pattern : patterns()) {
      String label = pattern.label();
      for (String value : List.of("-1", "0", "9223372036854775807", "x", "")) {
        for (String option :
            Arrays.asList(label.split(":", -1)).subList(1, label.split(":").length)) {
          String name = option.substring(0, option.indexOf('='));
          try {
            Plugins.make(Pattern.class, pattern.name(), Map.of(name, value), "f:1");
          } catch (InputException e) {
            assertThat(e.getMessage()).startsWith("f:1").contains("expected");
          }
        }
      }
    }
  }

  public static long hash(Trace trace) {
    long[] hash = {0};
    trace.forEach((atNs, vcpu, op, gfn, pages) -> {
      long event = ((atNs * 31 + vcpu) * 31 + op.ordinal()) * 31 + gfn * 1021 + pages;
      hash[0] = hash[0] * 0x9e3779b97f4a7c15L + event;
    });
    return hash[0];
  }
}
