// SPDX-License-Identifier: Apache-2.0
/**
 * Result folders: their files, samples, facts of the host, merging, salvage.
 *
 * <p>May import: the root only. Start reading at {@link gmembench.result.ResultFolder}, {@link
 * gmembench.result.Samples}.
 */
package gmembench.result;
