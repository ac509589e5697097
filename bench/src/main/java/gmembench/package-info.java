// SPDX-License-Identifier: Apache-2.0
/**
 * What every package may use: plug-ins, units, TOML files, and the errors that end a command.
 *
 * <p>May import: none of the other packages. Start reading at {@link gmembench.Plugin}.
 */
package gmembench;
