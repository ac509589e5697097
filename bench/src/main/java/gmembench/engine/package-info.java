// SPDX-License-Identifier: Apache-2.0
/**
 * Replay of a trace through a strategy onto memory, and the record of what it took.
 *
 * <p>May import: mm, strategy, backing, tracker, workload, trace, guest, result. Start reading at
 * {@link gmembench.engine.Replay}, {@link gmembench.engine.Block}.
 */
package gmembench.engine;
