// SPDX-License-Identifier: Apache-2.0
package gmembench.model;

import gmembench.Units;
import java.util.Locale;

/**
 * One step of a schedule.
 *
 * @param after verbs of a conversion that is under way which come before this step
 */
public record Step(Kind kind, int gfn, int pages, int after) {
  public enum Kind {
    TO_SHARED,
    TO_PRIVATE,
    TOUCH,
    PIN,
    UNPIN
  }

  boolean isConversion() {
    return kind == Kind.TO_SHARED || kind == Kind.TO_PRIVATE;
  }

  @Override
  public String toString() {
    String when = isConversion() ? "" : " after " + after;
    return kind.name().toLowerCase(Locale.ROOT) + " " + Units.hex(gfn) + "+" + pages + when;
  }
}
