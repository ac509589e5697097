// SPDX-License-Identifier: Apache-2.0
package gmembench.alignment;

import com.google.auto.service.AutoService;
import gmembench.guest.Slot;
import org.jspecify.annotations.Nullable;

/**
 * The same check with fls64 in place of count_trailing_zeros, in the revision after it. The highest
 * bit says how large an address is and nothing of its alignment, so this refuses slots that line up
 * and takes some that do not.
 */
@AutoService(AlignmentRule.class)
public record Fls64() implements AlignmentRule {
  @Override
  public String why() {
    return "offset's highest bit not below gpa's: size taken for alignment";
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
    int of = 64 - Long.numberOfLeadingZeros(offset);
    int needed = 64 - Long.numberOfLeadingZeros(gpa);
    return of >= needed ? null : "fls64(offset) is " + of + ", fls64(gpa) " + needed;
  }
}
