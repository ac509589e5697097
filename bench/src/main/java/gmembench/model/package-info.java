// SPDX-License-Identifier: Apache-2.0
/**
 * The engine in virtual time: a cost profile, locks, and one VM or many.
 *
 * <p>May import: engine and what it may use. Start reading at {@link gmembench.model.Model}, {@link
 * gmembench.model.Costs}.
 */
package gmembench.model;
