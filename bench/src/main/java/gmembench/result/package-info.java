// SPDX-License-Identifier: Apache-2.0
/**
 * Metrics and their declarations; result folders: files, samples, facts, merging, salvage.
 *
 * <p>May import: the root only. Start reading at {@link gmembench.result.ResultFolder}, {@link
 * gmembench.result.Samples}.
 */
package gmembench.result;
