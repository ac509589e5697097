// SPDX-License-Identifier: Apache-2.0
package gmembench.alignment;

import com.google.auto.service.AutoService;
import gmembench.guest.Slot;
import org.jspecify.annotations.Nullable;

/**
 * The sentence of the list from which {@link TrailingZeros} was made, as it stands: a slot is
 * refused if its gfn has lesser alignment than its offset. Its author said later that he may have
 * inverted it. An address of 0 is aligned to everything.
 */
@AutoService(AlignmentRule.class)
public record LesserGfn() implements AlignmentRule {
  @Override
  public String why() {
    return "refused if gpa is less aligned than offset: as it was first said";
  }

  @Override
  public @Nullable String whyNot(Slot slot, PageSizes host) {
    int gpa = Long.numberOfTrailingZeros(slot.gpa());
    int offset = Long.numberOfTrailingZeros(slot.offset());
    return gpa >= offset ? null : "gpa has " + gpa + " trailing zeros, offset " + offset;
  }
}
