// SPDX-License-Identifier: Apache-2.0
/**
 * The tiny guest that really runs on a vCPU: its program, its page tables, how it asks for a
 * conversion.
 *
 * <p>May import: linux, guest, the metrics of result. Start reading at {@link
 * gmembench.vcpu.TinyGuest}.
 */
package gmembench.vcpu;
