// SPDX-License-Identifier: Apache-2.0
package gmembench;

import static org.assertj.core.api.Assertions.assertThat;

import module java.base;

/** Output that must not change unnoticed. */
public final class Golden {
  private Golden() {}

  /**
   * Compares with {@code src/test/resources/golden/NAME}; what was found is left in {@code
   * target/golden}, to be looked at and copied if it is right.
   */
  public static void check(String name, String found) throws IOException {
    Path left = Checkout.path("bench/target/golden").resolve(name);
    Files.createDirectories(left.getParent());
    Files.writeString(left, found);
    Path golden = Checkout.path("bench/src/test/resources/golden").resolve(name);
    String expected = Files.exists(golden) ? Files.readString(golden) : "(no such file)";
    assertThat(found).as("%s; found is in target/golden", name).isEqualTo(expected);
  }
}
