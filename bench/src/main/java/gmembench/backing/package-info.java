// SPDX-License-Identifier: Apache-2.0
/**
 * Memory as verbs, each one kernel-visible operation, on real kernel objects; one file a backing.
 *
 * <p>May import: alignment, vcpu, linux, guest, the metrics of result. Start reading at {@link
 * gmembench.backing.Memory}, {@link gmembench.backing.Backing}.
 */
package gmembench.backing;
