// SPDX-License-Identifier: Apache-2.0
/**
 * Traces: columns of events, their files, and the tools that check, cut, scale and describe them.
 *
 * <p>May import: guest. Start reading at {@link gmembench.trace.Trace}, {@link
 * gmembench.trace.TraceFile}.
 */
package gmembench.trace;
