// SPDX-License-Identifier: Apache-2.0
package gmembench.alignment;

import com.google.auto.service.AutoService;
import gmembench.guest.Slot;
import org.jspecify.annotations.Nullable;

/** kvm_check_rmem_offset_alignment as first posted for private memory, early in 2023. */
@AutoService(AlignmentRule.class)
public record TrailingZeros() implements AlignmentRule {
  @Override
  public String why() {
    return "offset at least as aligned as gpa, first proposal";
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
    int of = Long.numberOfTrailingZeros(offset);
    int needed = Long.numberOfTrailingZeros(gpa);
    return of >= needed ? null : "offset has " + of + " trailing zeros, gpa " + needed;
  }
}
