// SPDX-License-Identifier: Apache-2.0
package gmembench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TicksTest {
  @Test
  void aCountIsRepeatedATenthAsOften() {
    long hurry = Long.getLong("gmembench.hurry", 1);
    assertThat(Ticks.TIME.repeat(250 * hurry)).isEqualTo(250);
    assertThat(Ticks.INSTRUCTIONS.repeat(250 * hurry)).isEqualTo(25);
    assertThat(Ticks.INSTRUCTIONS.repeat(3)).as("at least once").isEqualTo(1);
  }

  @Test
  void sayWhatTheyAre() {
    assertThat(Ticks.TIME.show(205_697_999)).isEqualTo("205.70ms");
    assertThat(Ticks.INSTRUCTIONS.show(205_697_999)).isEqualTo("205.70M insn");
    assertThat(Ticks.INSTRUCTIONS.show(22_300)).isEqualTo("22.30k insn");
    assertThat(Ticks.INSTRUCTIONS.show(920)).isEqualTo("920 insn");
    assertThat(Ticks.TIME.show(920)).isEqualTo("920ns");
    assertThat(Ticks.TIME.show(3.2e12)).as("no larger unit").isEqualTo("3200.00s");
  }

  @Test
  void modelledCostsAreTimes() {
    assertThat(Ticks.INSTRUCTIONS.unlessModelled(false)).isEqualTo(Ticks.TIME);
    assertThat(Ticks.INSTRUCTIONS.unlessModelled(true)).isEqualTo(Ticks.INSTRUCTIONS);
  }

  @Test
  void resultsFromBeforeAreTimes() {
    assertThat(Ticks.of("")).isEqualTo(Ticks.TIME);
    assertThat(Ticks.of("instructions")).isEqualTo(Ticks.INSTRUCTIONS);
    assertThatThrownBy(() -> Ticks.of("cycles"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected time or instructions");
  }
}
