// SPDX-License-Identifier: Apache-2.0
/**
 * Drawing: one file a chart, and the HTML report that holds them all.
 *
 * <p>May import: compare, table, result. Start reading at {@link gmembench.chart.ChartKind}, {@link
 * gmembench.chart.Report}.
 */
package gmembench.chart;
