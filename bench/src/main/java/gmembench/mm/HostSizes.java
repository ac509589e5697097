// SPDX-License-Identifier: Apache-2.0
package gmembench.mm;

/**
 * Sizes of a host, and constants of its kernel, that decide what {@link Effects} counts.
 *
 * @param l2Bytes of a CPU's own cache: a page is L2-cold when more of other cache lines was used
 *     since it was
 * @param llcShareBytes what one CPU may keep of a last-level cache that others use too: the same
 *     for LLC-cold
 * @param flushCeiling entries up to which each is flushed from the TLB by itself: x86's
 *     tlb_single_page_flush_ceiling
 * @param gatherBundle zapped pages from which on they are gathered in a page: MMU_GATHER_BUNDLE
 */
public record HostSizes(long l2Bytes, long llcShareBytes, long flushCeiling, long gatherBundle) {
  /** Those of profiles without a section {@code [host]}, which were all fitted on such a host. */
  public static final HostSizes DEFAULT = new HostSizes(1 << 20, 8 << 20, 33, 8);
}
