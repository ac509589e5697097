// SPDX-License-Identifier: Apache-2.0
/**
 * What a VMM does at a conversion, one file a strategy, written against memory verbs alone.
 *
 * <p>May import: backing, tracker, guest, the metrics of result. Start reading at {@link
 * gmembench.strategy.Strategy}.
 */
package gmembench.strategy;
