// SPDX-License-Identifier: Apache-2.0
/**
 * Statistics and verdicts: two results side by side, in text, Markdown, CSV, JSON and benchstat's
 * format.
 *
 * <p>May import: table, result. Start reading at {@link gmembench.compare.Comparison}, {@link
 * gmembench.compare.Judge}.
 */
package gmembench.compare;
