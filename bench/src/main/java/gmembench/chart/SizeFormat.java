// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import gmembench.Units;

/** Bytes as 64KiB. */
final class SizeFormat extends PlainFormat {
  @Override
  String text(double value) {
    return Units.size(Math.round(value));
  }
}
