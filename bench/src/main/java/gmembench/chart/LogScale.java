// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTickUnit;

/** Logarithmic axes that hold given values with a little room: also a single one. */
final class LogScale {
  private LogScale() {}

  static LogAxis axis(String label, double base, DoubleStream values) {
    LogAxis axis = new LogAxis(label);
    axis.setBase(base);
    axis.setTickUnit(new NumberTickUnit(1));
    axis.setNumberFormatOverride(TickLabels.PLAIN);
    DoubleSummaryStatistics all =
        values.filter(v -> v > 0 && Double.isFinite(v)).summaryStatistics();
    if (all.getCount() > 0) {
      double ratio = all.getMax() / all.getMin();
      // at least one power of the base, so that an axis has a label
      double room = Math.max(Math.pow(ratio, 0.05), ratio < base ? Math.sqrt(base) : 1.02);
      axis.setRange(all.getMin() / room, all.getMax() * room);
    }
    return axis;
  }
}
