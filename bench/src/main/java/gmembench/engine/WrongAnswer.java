// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.Units;
import gmembench.guest.Side;

/** A replay that was measured did not do what it should have: its timing is void. */
public final class WrongAnswer extends RuntimeException {
  public WrongAnswer(String message) {
    super(message);
  }

  public WrongAnswer(long gfn, Side side, String what, String expected) {
    this("gfn " + Units.hex(gfn) + " " + side.text() + " " + what + ", expected " + expected);
  }
}
