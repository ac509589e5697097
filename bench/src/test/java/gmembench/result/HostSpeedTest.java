// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.linux.ReferenceLoop;
import org.junit.jupiter.api.Test;

/**
 * By hand: from 2000 ns, a fifth more is 2400 ns, and as far the other way is 2000 / 1.2 = 1666.7
 * ns, so 1666 ns is said and 1667 ns is not.
 */
class HostSpeedTest {
  private static List<String> warnings(long start, long end, String... more) {
    Map<String, String> facts = new LinkedHashMap<>(HostSpeed.facts(start, end));
    for (int i = 0; i < more.length; i += 2) {
      facts.put(more[i], more[i + 1]);
    }
    return HostSpeed.warnings(new Environment(facts));
  }

  @Test
  void aRunInWhichTheHostDriftedSaysByHowMuch() {
    assertThat(warnings(2000, 2399)).isEmpty();
    assertThat(warnings(2000, 1667)).isEmpty();
    assertThat(warnings(2000, 2500))
        .containsExactly(
            "the reference loop took 2.00us when the run began and 2.50us (+25 %) at its end: times"
                + " drifted as much");
    assertThat(warnings(2000, 1666)).singleElement().asString().contains("1.67us (-17 %)");
  }

  @Test
  void aProfileOfAnotherDayIsComparedWithTheMeanOfTheRun() {
    assertThat(warnings(2100, 2300, "costs.vm.reference_ns", "1834")).isEmpty(); // mean 2200
    assertThat(warnings(2100, 2300, "costs.vm.reference_ns", "1100"))
        .containsExactly(
            "the reference loop took 1.10us when vm was measured and 2.20us (+100 %) in this run:"
                + " the model and live times are as far apart");
  }

  @Test
  void whatIsNotKnownIsNotCompared() {
    assertThat(HostSpeed.facts(0, 0)).isEmpty();
    assertThat(warnings(0, 0, "costs.vm.reference_ns", "1100")).isEmpty();
  }

  @Test
  void twoRunsThatAreCompared() {
    Environment base = new Environment(HostSpeed.facts(1000, 3000));
    Environment head = new Environment(HostSpeed.facts(2900, 3100));
    assertThat(HostSpeed.between(base, head))
        .containsExactly(
            "the reference loop took 2.00us in BASE and 3.00us (+50 %) in HEAD: expect as much of every"
                + " live cell");
    assertThat(HostSpeed.between(base, base)).isEmpty();
    assertThat(HostSpeed.between(base, new Environment(Map.of()))).isEmpty();
  }

  @Test
  void theLoopTakesTime() {
    assertThat(ReferenceLoop.ns()).isPositive();
  }
}
