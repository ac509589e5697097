// SPDX-License-Identifier: Apache-2.0
/**
 * Runs: the plan of a suite's cells, the session that runs them, jobs, shards, progress. No
 * commands.
 *
 * <p>May import: everything but cli and jmh. Start reading at {@link gmembench.run.Plan}, {@link
 * gmembench.run.Session}.
 */
package gmembench.run;
