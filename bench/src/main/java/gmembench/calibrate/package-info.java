// SPDX-License-Identifier: Apache-2.0
/**
 * Measures what verbs cost on this host, and fits a cost profile to it.
 *
 * <p>May import: live, engine, mm, strategy, backing, tracker, workload, result, table. Start
 * reading at {@link gmembench.calibrate.Calibration}.
 */
package gmembench.calibrate;
