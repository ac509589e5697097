// SPDX-License-Identifier: Apache-2.0
/**
 * Microbenchmarks of trackers, strategies and the model.
 *
 * <p>May import: model, engine and what it may use. Start reading at {@link
 * gmembench.jmh.ConvertBenchmark}.
 */
package gmembench.jmh;
