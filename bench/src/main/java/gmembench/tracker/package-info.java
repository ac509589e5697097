// SPDX-License-Identifier: Apache-2.0
/**
 * Which side each page is on: the data structures that the mailing lists argued about, one file
 * each.
 *
 * <p>May import: guest. Start reading at {@link gmembench.tracker.PageMap}.
 */
package gmembench.tracker;
