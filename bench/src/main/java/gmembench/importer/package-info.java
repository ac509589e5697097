// SPDX-License-Identifier: Apache-2.0
/**
 * Readers of logs of real systems, one file a format: a plug-in that writes a trace.
 *
 * <p>May import: pattern (OVMF's DMA model), trace, guest. Start reading at {@link
 * gmembench.importer.LogImport}, {@link gmembench.importer.Qemu}.
 */
package gmembench.importer;
