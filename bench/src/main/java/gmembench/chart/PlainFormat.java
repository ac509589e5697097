// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import java.math.BigDecimal;
import java.math.MathContext;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;

/** Powers of ten written out: 0.01, 100000. Axis labels are never parsed. */
class PlainFormat extends NumberFormat {
  String text(double value) {
    return new BigDecimal(value).round(new MathContext(9)).stripTrailingZeros().toPlainString();
  }

  @Override
  public final StringBuffer format(double value, StringBuffer to, FieldPosition at) {
    return to.append(text(value));
  }

  @Override
  public final StringBuffer format(long value, StringBuffer to, FieldPosition at) {
    return format((double) value, to, at);
  }

  @Override
  public final Number parse(String text, ParsePosition at) {
    throw new UnsupportedOperationException("parse " + text);
  }
}
