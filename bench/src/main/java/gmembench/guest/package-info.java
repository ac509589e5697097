// SPDX-License-Identifier: Apache-2.0
/**
 * The vocabulary: sides, a guest and its slots, sets of pages, the words that touches write.
 *
 * <p>May import: the root only. Start reading at {@link gmembench.guest.Side}, {@link
 * gmembench.guest.Guest}.
 */
package gmembench.guest;
