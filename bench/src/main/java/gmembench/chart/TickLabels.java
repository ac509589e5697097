// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import gmembench.Units;

/** The labels of an axis, which are never parsed. */
final class TickLabels extends NumberFormat {
  /** Powers of ten written out: 0.01, 100000. */
  static final TickLabels PLAIN = new TickLabels(TickLabels::plain);

  /** HdrHistogram's scale: 1 / (1 - p) shown as a percentile, 1000 as 99.9. */
  static final TickLabels PERCENTILES =
      new TickLabels(value -> value <= 1 ? "0" : plain(100 - 100 / value));

  /** Bytes as 64KiB. */
  static final TickLabels SIZES = new TickLabels(value -> Units.size(Math.round(value)));

  /** Nanoseconds as 10 us: powers of ten only, so that no digits are lost. */
  static final TickLabels TIMES = new TickLabels(TickLabels::time);

  static final TickLabels HEX = new TickLabels(value -> Units.hex(Math.round(value)));

  private static final String[] TIME_UNITS = {"ns", "us", "ms", "s"};

  private final transient DoubleFunction<String> text;

  private TickLabels(DoubleFunction<String> text) {
    this.text = text;
  }

  private static String plain(double value) {
    return new BigDecimal(value).round(new MathContext(9)).stripTrailingZeros().toPlainString();
  }

  private static String time(double value) {
    double scaled = value;
    int unit = 0;
    while (unit + 1 < TIME_UNITS.length && Math.round(scaled * 1e6) >= 1_000_000_000L) {
      scaled /= 1000;
      unit++;
    }
    return plain(scaled) + " " + TIME_UNITS[unit];
  }

  @Override
  public StringBuffer format(double value, StringBuffer to, FieldPosition at) {
    return to.append(text.apply(value));
  }

  @Override
  public StringBuffer format(long value, StringBuffer to, FieldPosition at) {
    return format((double) value, to, at);
  }

  @Override
  public Number parse(String text, ParsePosition at) {
    throw new UnsupportedOperationException("parse " + text);
  }
}
