// SPDX-License-Identifier: Apache-2.0
package gmembench.alignment;

import com.google.auto.service.AutoService;
import gmembench.guest.Slot;
import org.jspecify.annotations.Nullable;

/**
 * The offset must be aligned to the pages that the file has when the slot is set. That was said to
 * be of no use, since a file's pages may be made larger afterwards.
 */
@AutoService(AlignmentRule.class)
public record CurrentPage() implements AlignmentRule {
  @Override
  public String why() {
    return "offset aligned to the file's pages as they are at the ioctl";
  }

  @Override
  public @Nullable String whyNot(Slot slot, PageSizes host) {
    return PageSizes.refuses(slot, host.boundPage(), "the file's page now");
  }
}
