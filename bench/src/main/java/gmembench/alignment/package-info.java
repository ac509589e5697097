// SPDX-License-Identifier: Apache-2.0
/**
 * Rules by which a memslot may bind a file's offset, and which of its frames may be mapped huge.
 *
 * <p>May import: guest. Start reading at {@link gmembench.alignment.AlignmentRule}.
 */
package gmembench.alignment;
