// SPDX-License-Identifier: Apache-2.0
package gmembench.alignment;

import com.google.auto.service.AutoService;
import gmembench.guest.Slot;
import org.jspecify.annotations.Nullable;

/**
 * kvm_alloc_memslot_metadata decides where huge pages may be ({@link HugeFrames}), nothing is
 * refused: what KVM does for memory that is mapped from userspace.
 */
@AutoService(AlignmentRule.class)
public record EdgesOnly() implements AlignmentRule {
  @Override
  public String why() {
    return "takes all, maps 4K where gpa and offset cannot line up";
  }

  @Override
  public @Nullable String whyNot(Slot slot, PageSizes host) {
    return null;
  }
}
