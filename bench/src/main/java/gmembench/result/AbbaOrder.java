// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

/** Runs of A and B in the order A B, B A, A B ...: linear drift hits both alike. */
public final class AbbaOrder {
  private AbbaOrder() {}

  /** The values that are A's among those from one index to another, one for each pair. */
  public static double[] first(double[] inOrder, int from, int to) {
    return pick(inOrder, from, to, 0);
  }

  /** B's. */
  public static double[] second(double[] inOrder, int from, int to) {
    return pick(inOrder, from, to, 1);
  }

  private static double[] pick(double[] inOrder, int from, int to, int side) {
    double[] values = new double[(to - from) / 2];
    for (int pair = 0; pair < values.length; pair++) {
      values[pair] = inOrder[from + 2 * pair + (pair + side) % 2];
    }
    return values;
  }
}
