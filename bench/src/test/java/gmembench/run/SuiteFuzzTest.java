// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import module java.base;

import gmembench.Checkout;
import gmembench.trace.Mutants;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuiteFuzzTest {
  @TempDir private Path folder = Path.of("");

  @ParameterizedTest
  @ValueSource(strings = {"quick", "trackers"})
  void suites(String name) throws IOException {
    Path file = Checkout.path("workloads/suites/" + name + ".toml");
    Mutants.ofText(file, 2000, folder, Suite::read);
  }
}
