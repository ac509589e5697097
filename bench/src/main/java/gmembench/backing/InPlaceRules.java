// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import java.util.Locale;

/**
 * How a host treats memory of which both sides are the same pages.
 *
 * @param largeMappings KVM maps by one entry what was one folio, though it is 4K folios now
 * @param largeHostMappings the host maps a folio by one entry, as of hugetlb; else by 4K, as a
 *     guest_memfd is mapped to date (kvm_gmem_fault_user_mapping)
 * @param references what a device takes when it pins
 * @param check how a conversion to private finds out that nobody else uses a folio
 */
public record InPlaceRules(
    boolean largeMappings, boolean largeHostMappings, Reference references, Check check) {
  public static final InPlaceRules DEFAULT =
      new InPlaceRules(true, true, Reference.PIN, Check.REFCOUNT);

  /** A kind of reference to a page. */
  public enum Reference {
    /** FOLL_PIN: DMA by O_DIRECT, io_uring, VFIO. */
    PIN,
    /** FOLL_GET: vmsplice, and O_DIRECT of old. */
    GET
  }

  /** What a check looks at. */
  public enum Check {
    /** folio_ref_count, after the batches of the LRU were drained: sees all there is. */
    REFCOUNT,
    /** The same without the drain: also sees a page that a CPU is about to put on the LRU. */
    REFCOUNT_UNDRAINED,
    /** folio_maybe_dma_pinned: sees FOLL_PIN. */
    DMA_PINNED,
    /** folio_mapcount: sees page tables. */
    MAPCOUNT;

    public boolean sees(Reference reference) {
      return isOfCount() || (this == DMA_PINNED && reference == Reference.PIN);
    }

    public boolean seesMappings() {
      return isOfCount() || this == MAPCOUNT;
    }

    /** A reference count sees whoever holds a page, whatever for. */
    public boolean isOfCount() {
      return this == REFCOUNT || this == REFCOUNT_UNDRAINED;
    }
  }

  /** As it is spelled in an option. */
  public static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
