// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

import gmembench.result.Fact.Use;
import org.junit.jupiter.api.Test;

/** A fact that is written is declared: one that is not would matter nowhere. */
class FactTest {
  private static final Path HOME = Path.of(System.getProperty("gmembench.home"));

  @Test
  void everyFactOfTheHostIsDeclared() {
    assertThat(Host.facts(HOME).keySet()).allSatisfy(key -> assertThat(Fact.of(key)).isNotNull());
  }

  /** What is committed is read by the same names. */
  @Test
  void everyFactThatIsCommittedIsDeclared() throws IOException {
    NavigableSet<String> undeclared = new TreeSet<>();
    try (Stream<Path> files = Files.walk(HOME.resolve("results"))) {
      for (Path file : files.filter(f -> f.endsWith("env.csv")).toList()) {
        Environment env = Environment.read(file.resolve("..").normalize());
        env.facts().keySet().stream().filter(k -> Fact.of(k) == null).forEach(undeclared::add);
      }
    }
    assertThat(undeclared).isEmpty();
  }

  @Test
  void aGroupIsAllThatBeginsWithItsName() {
    assertThat(Fact.of("workload.kexec.hash")).isEqualTo(Fact.WORKLOAD);
    assertThat(Fact.of("cpu")).isEqualTo(Fact.CPU);
    assertThat(Fact.of("cpu.more")).isNull();
    assertThat(Fact.matters("made_up", Use.SHARDS)).isFalse();
  }
}
