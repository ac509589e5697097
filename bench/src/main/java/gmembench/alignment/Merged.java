// SPDX-License-Identifier: Apache-2.0
package gmembench.alignment;

import com.google.auto.service.AutoService;
import gmembench.guest.Slot;
import org.jspecify.annotations.Nullable;

/** kvm_gmem_bind: what every rule asks, and no more. */
@AutoService(AlignmentRule.class)
public record Merged() implements AlignmentRule {
  @Override
  public String why() {
    return "page-aligned and inside the file, no more; so far with 4K folios only";
  }

  @Override
  public @Nullable String whyNot(Slot slot, PageSizes host) {
    return null;
  }
}
