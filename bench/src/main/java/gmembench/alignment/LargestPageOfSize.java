// SPDX-License-Identifier: Apache-2.0
package gmembench.alignment;

import com.google.auto.service.AutoService;
import gmembench.guest.Slot;
import org.jspecify.annotations.Nullable;

/**
 * The offset must be aligned to the largest of the host's pages that is not larger than the slot.
 * So a slot that one host takes may be refused by a host with larger pages.
 */
@AutoService(AlignmentRule.class)
public record LargestPageOfSize() implements AlignmentRule {
  @Override
  public String why() {
    return "offset aligned to the largest page that fits in the slot";
  }

  @Override
  public @Nullable String whyNot(Slot slot, PageSizes host) {
    return PageSizes.refuses(slot, host.largestIn(slot.pages()), "the largest page in its size");
  }
}
