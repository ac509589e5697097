// SPDX-License-Identifier: Apache-2.0
/**
 * Generators of traces, one file a pattern.
 *
 * <p>May import: trace, guest. Start reading at {@link gmembench.pattern.Pattern}.
 */
package gmembench.pattern;
