// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

/** Nanoseconds as 10 us: powers of ten only, so that no digits are lost. */
final class TimeFormat extends PlainFormat {
  private static final String[] UNITS = {"ns", "us", "ms", "s"};

  @Override
  String text(double value) {
    double scaled = value;
    int unit = 0;
    while (unit + 1 < UNITS.length && Math.round(scaled * 1e6) >= 1_000_000_000L) {
      scaled /= 1000;
      unit++;
    }
    return super.text(scaled) + " " + UNITS[unit];
  }
}
