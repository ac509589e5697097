// SPDX-License-Identifier: Apache-2.0
/**
 * The command line, one file a command.
 *
 * <p>May import: everything. Start reading at {@link gmembench.cli.Main}.
 */
package gmembench.cli;
