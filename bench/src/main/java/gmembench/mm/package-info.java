// SPDX-License-Identifier: Apache-2.0
/**
 * The modelled kernel: residency, page tables, folios, caches, and the counts of what a verb made
 * it do.
 *
 * <p>May import: backing, tracker, guest, the metrics of result. Start reading at {@link
 * gmembench.mm.Effects}, {@link gmembench.mm.ModelFolios}.
 */
package gmembench.mm;
