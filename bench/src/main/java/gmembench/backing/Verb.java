// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

import java.util.Locale;

/**
 * A kernel-visible operation on a range of guest pages; also the key of its cost in a profile. Each
 * is timed and counted alone but {@link #ASK}, which is part of the conversion that it begins.
 */
public enum Verb {
  /** fallocate without PUNCH_HOLE: pages exist before anyone touches them. */
  ALLOCATE,
  /** fallocate(PUNCH_HOLE | KEEP_SIZE): the pages of a side go back to the system. */
  DISCARD,
  /**
   * The guest (private) or the device model (shared) writes to every page; may fault. On the model
   * the guest uses what it shares as well.
   */
  TOUCH,
  /** madvise(MADV_DONTNEED) on a mapping: page table entries go, pages stay. */
  UNMAP,
  /** The folio of so many pages at a gfn becomes 512 of the next size (1G to 2M, 2M to 4K). */
  SPLIT,
  /** The folio of so many pages at a gfn becomes 4K ones in one step. */
  SHATTER,
  /** The folios in a range become one again; 0 done if one of them is referenced. */
  MERGE,
  /**
   * Does every folio's reference count equal what its mappings explain? Done are the pages before
   * the first folio with a reference more (EAGAIN with the offender's offset).
   */
  CHECK,
  /** Memslots are deleted and set anew around a range. */
  REBIND,
  /** KVM_SET_MEMORY_ATTRIBUTES. */
  ATTRIBUTE,
  /**
   * KVM_SET_MEMORY_ATTRIBUTES2: both sides are the same pages. All is done or nothing: fewer are
   * the pages before the first one that is held (EAGAIN).
   */
  ATTRIBUTE_IN_PLACE,
  /** Someone takes a long reference to the pages of a side (FOLL_PIN). */
  PIN,
  UNPIN,
  /** Pages leave the kernel's direct map (private) or return to it (shared). */
  DIRECT_MAP,
  /** The host maps private pages for itself while it needs them (shared), or no more (private). */
  MAP,
  /** Direct-map entries round a range become larger ones, where all are present or none is. */
  JOIN,
  /** Pages are copied to a buffer of the host's (shared), or back from it (private). */
  COPY,
  /** The guest asks for a conversion to a side: a VM exit where a vCPU runs, otherwise nothing. */
  ASK,
  /** The host writes to every page through its own mapping; its effects are those of a touch. */
  HOST_TOUCH,
  /** The VMM copies shared pages into the private ones at the same gfns, through its mappings. */
  COPY_IN,
  /** The kernel does, which needs no mapping of the private file: write(2), an initial image. */
  POPULATE;

  private static final Verb[] ALL = values();

  /** As it is spelled in metrics and cost profiles. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The verb whose effects on residency and page tables it has: itself, for most. */
  public Verb effect() {
    return switch (this) {
      case HOST_TOUCH, COPY_IN -> TOUCH;
      case POPULATE -> ALLOCATE;
      default -> this;
    };
  }

  public static Verb of(int ordinal) {
    return ALL[ordinal];
  }

  public static int count() {
    return ALL.length;
  }
}
