// SPDX-License-Identifier: Apache-2.0
/**
 * Workloads and memslot layouts, read from TOML: the guest, and where its trace comes from.
 *
 * <p>May import: pattern, trace, guest. Start reading at {@link gmembench.workload.Workload}.
 */
package gmembench.workload;
