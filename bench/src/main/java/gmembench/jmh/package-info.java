// SPDX-License-Identifier: Apache-2.0
/**
 * Microbenchmarks of trackers.
 *
 * <p>May import: workload, trace, tracker, result, guest. Start reading at {@link
 * gmembench.jmh.ConvertBenchmark}.
 */
package gmembench.jmh;
