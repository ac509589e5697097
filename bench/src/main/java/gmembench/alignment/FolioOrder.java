// SPDX-License-Identifier: Apache-2.0
package gmembench.alignment;

import com.google.auto.service.AutoService;
import gmembench.guest.Slot;
import org.jspecify.annotations.Nullable;

/**
 * What kvm_gmem_prepare_folio takes for granted: a slot's offset is aligned to the order of the
 * file's folios, which is given when the file is made and checked when a slot is set. Nothing is
 * asked of the gpa.
 */
@AutoService(AlignmentRule.class)
public record FolioOrder() implements AlignmentRule {
  @Override
  public String why() {
    return "offset aligned to the order of folios that the file was made with";
  }

  @Override
  public @Nullable String whyNot(Slot slot, PageSizes host) {
    return PageSizes.refuses(slot, host.filePage(), "the file's folios");
  }
}
