// SPDX-License-Identifier: Apache-2.0
package gmembench.guest;

/** The words that touches write, by which an audit recognises whose content it reads. */
public final class Canary {
  private Canary() {}

  /** Never 0, and different for every gfn and side: content where it must not be is recognised. */
  public static long of(long gfn, Side side) {
    return (gfn * 2 + side.ordinal() + 1) * 0x9e3779b97f4a7c15L;
  }
}
