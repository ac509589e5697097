// SPDX-License-Identifier: Apache-2.0
package gmembench;

/** Command root. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {}
}
