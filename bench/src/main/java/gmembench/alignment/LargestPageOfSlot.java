// SPDX-License-Identifier: Apache-2.0
package gmembench.alignment;

import com.google.auto.service.AutoService;
import gmembench.guest.Slot;
import org.jspecify.annotations.Nullable;

/**
 * {@link LargestPageOfSize} loosened, which was thought not worth the effort: the offset must be
 * aligned to the largest page that fits in the slot's size and that its gpa is aligned to, too. A
 * slot of 2M at a gpa of 4K may have any offset then.
 */
@AutoService(AlignmentRule.class)
public record LargestPageOfSlot() implements AlignmentRule {
  @Override
  public String why() {
    return "offset aligned to the largest page that size and gpa allow";
  }

  @Override
  public @Nullable String whyNot(Slot slot, PageSizes host) {
    long page = host.base();
    for (long larger : host.huge()) {
      page = larger <= slot.pages() && slot.gfn() % larger == 0 ? larger : page;
    }
    return PageSizes.refuses(slot, page, "which size and gpa allow");
  }
}
