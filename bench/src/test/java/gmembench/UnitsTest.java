// SPDX-License-Identifier: Apache-2.0
package gmembench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({"4096,4096", "4K,4096", "64MiB,67108864", "1G,1073741824", "1.5GiB,1610612736"})
  void sizesAreBinary(String text, long bytes) {
    assertThat(Units.bytes(text, "--x")).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({"50us,50000", "10ms,10000000", "1.5s,1500000000", "7ns,7"})
  void durationsNeedAUnit(String text, long ns) {
    assertThat(Units.ns(text, "--x")).isEqualTo(ns);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "4 X", "1e3", "0.3B", "99999999999T", "MiB", "1,5G"})
  void otherSizesAreRefused(String text) {
    assertThatThrownBy(() -> Units.bytes(text, "boot.toml:3"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("boot.toml:3: '" + text + "'")
        .hasMessageContaining(", expected a size such as");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1500, 4096, 65536, 3L << 30, 1L << 45, (1L << 45) + 4096})
  void labelsAreExact(long bytes) {
    assertThat(Units.bytes(Units.exactSize(bytes), "")).isEqualTo(bytes);
  }

  @Test
  void sizesAreShort() {
    assertThat(Units.size(0)).isEqualTo("0B");
    assertThat(Units.size(5_750_784)).isEqualTo("5.5MiB");
    assertThat(Units.size(64 << 20)).isEqualTo("64MiB");
    assertThat(Units.duration(1_000_000_000)).isEqualTo("1s");
    assertThat(Units.duration(1_500_000)).isEqualTo("1500us");
    assertThat(Units.number("0x3b205", "")).isEqualTo(0x3b205);
  }
}
