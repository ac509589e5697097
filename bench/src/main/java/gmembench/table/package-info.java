// SPDX-License-Identifier: Apache-2.0
/**
 * Tables that are printed.
 *
 * <p>May import: result. Start reading at {@link gmembench.table.CellTable}, {@link
 * gmembench.table.BootTable}.
 */
package gmembench.table;
