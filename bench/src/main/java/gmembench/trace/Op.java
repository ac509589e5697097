// SPDX-License-Identifier: Apache-2.0
package gmembench.trace;

import gmembench.guest.Side;
import java.util.Locale;

/** What one trace line asks for. */
public enum Op {
  TO_SHARED(Side.SHARED),
  TO_PRIVATE(Side.PRIVATE),
  TOUCH_SHARED(Side.SHARED),
  TOUCH_PRIVATE(Side.PRIVATE),
  PIN(Side.SHARED),
  UNPIN(Side.SHARED);

  private static final Op[] ALL = values();

  private final Side side;

  Op(Side side) {
    this.side = side;
  }

  public Side side() {
    return side;
  }

  public boolean isConversion() {
    return this == TO_SHARED || this == TO_PRIVATE;
  }

  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The op with this ordinal, without the copy that {@code values()} makes. */
  public static Op of(int ordinal) {
    return ALL[ordinal];
  }
}
