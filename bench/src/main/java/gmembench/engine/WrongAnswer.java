// SPDX-License-Identifier: Apache-2.0
package gmembench.engine;

import gmembench.Units;
import gmembench.workload.Side;

/** A replay that was measured did not do what it should have: its timing is void. */
public final class WrongAnswer extends RuntimeException {
  WrongAnswer(String message) {
    super(message);
  }

  WrongAnswer(long gfn, Side side, String what, String expected) {
    this("gfn " + Units.hex(gfn) + " " + side.text() + " " + what + ", expected " + expected);
  }
}
