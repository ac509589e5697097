// SPDX-License-Identifier: Apache-2.0
package gmembench.alignment;

import com.google.auto.service.AutoService;
import gmembench.guest.Slot;
import org.jspecify.annotations.Nullable;

/**
 * kvm_gmem_bind: what every rule asks, and no more. Nothing of it is mapped huge: folios are of
 * order 0, and kvm_alloc_memslot_metadata compares a gfn with the slot's userspace_addr, not with
 * its offset in the guest_memfd.
 */
@AutoService(AlignmentRule.class)
public record Merged() implements AlignmentRule {
  @Override
  public String why() {
    return "page-aligned and inside the file, no more; maps 4K only, as folios are";
  }

  @Override
  public @Nullable String whyNot(Slot slot, PageSizes host) {
    return null;
  }

  @Override
  public HugeFrames frames(Slot slot, long framePages) {
    return HugeFrames.of(slot, framePages).none();
  }
}
