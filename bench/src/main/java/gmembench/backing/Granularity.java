// SPDX-License-Identifier: Apache-2.0
package gmembench.backing;

/** In what units the kernel gives memory to a file and takes it back. */
public enum Granularity {
  /** Every 4K page by itself: shmem, guest_memfd. */
  PAGES,
  /** Whole folios, in and out: hugetlb. A hole in a part of one reads zero and frees nothing. */
  FOLIOS,
  /**
   * A whole folio where an empty frame is touched, then its pages one by one: shmem with huge
   * pages. The kernel also falls back to pages and fills up frames as it likes (khugepaged), so
   * what follows from the verbs is what is expected, not what must be.
   */
  FOLIOS_THEN_PAGES
}
