// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

/** HdrHistogram's scale: 1 / (1 - p) shown as a percentile, 1000 as 99.9. */
final class PercentileFormat extends PlainFormat {
  @Override
  String text(double value) {
    return value <= 1 ? "0" : super.text(100 - 100 / value);
  }
}
