// SPDX-License-Identifier: Apache-2.0
/**
 * The engine on real kernel objects: wall time, threads, and an audit of every page.
 *
 * <p>May import: engine and what it may use. Start reading at {@link gmembench.live.Live}.
 */
package gmembench.live;
