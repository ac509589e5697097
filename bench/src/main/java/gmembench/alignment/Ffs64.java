// SPDX-License-Identifier: Apache-2.0
package gmembench.alignment;

import com.google.auto.service.AutoService;
import gmembench.guest.Slot;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@link Fls64} on the list: {@code ffs64(offset) <= ffs64(gpa)}, the lowest bits set
 * in place of the highest. It compares alignments, but the wrong way round.
 */
@AutoService(AlignmentRule.class)
public record Ffs64() implements AlignmentRule {
  @Override
  public String why() {
    return "offset's lowest bit not above gpa's: compared the wrong way round";
  }

  @Override
  public @Nullable String whyNot(Slot slot, PageSizes host) {
    long gpa = slot.gpa();
    long offset = slot.offset();
    if (offset == 0) {
      return null;
    }
    if (gpa == 0) {
      return "gpa is 0, offset is not";
    }
    int of = 1 + Long.numberOfTrailingZeros(offset);
    int most = 1 + Long.numberOfTrailingZeros(gpa);
    return of <= most ? null : "ffs64(offset) is " + of + ", ffs64(gpa) " + most;
  }
}
