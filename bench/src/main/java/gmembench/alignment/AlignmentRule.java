// SPDX-License-Identifier: Apache-2.0
package gmembench.alignment;

import gmembench.Plugin;
import gmembench.guest.Slot;
import org.jspecify.annotations.Nullable;

/**
 * Which memslots KVM takes (KVM_SET_USER_MEMORY_REGION2 with a file), when the file may have huge
 * pages: the answers that were merged or proposed.
 */
public interface AlignmentRule extends Plugin {
  /** Null if the rule has nothing against the slot, else why it is refused, in a line. */
  @Nullable String whyNot(Slot slot, PageSizes host);

  /** Where entries of so many pages of 4K may map a slot that it takes. */
  default HugeFrames frames(Slot slot, long framePages) {
    return HugeFrames.of(slot, framePages);
  }

  /** The same, after what every rule asks: aligned to the host's pages, and inside the file. */
  default @Nullable String whyNot(Slot slot, long filePages, PageSizes host) {
    long page = host.base();
    if (slot.offsetPages() % page != 0) {
      return "offset is no multiple of " + PageSizes.text(page) + ", the host's page";
    }
    if (slot.gfn() % page != 0 || slot.pages() % page != 0) {
      return "gpa or size is no multiple of " + PageSizes.text(page) + ", the host's page";
    }
    if (slot.endOffsetPages() > filePages) {
      return "past the end of the file";
    }
    return whyNot(slot, host);
  }
}
