// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import java.util.Locale;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeriesCollection;

/** Drawings of lines over two axes, in the house's style. */
final class Lines {
  private Lines() {}

  static JFreeChart drawing(String title, XYSeriesCollection data, ValueAxis x, ValueAxis y) {
    XYLineAndShapeRenderer lines = new XYLineAndShapeRenderer(true, false);
    XYPlot plot = new XYPlot(data, x, y, lines);
    JFreeChart drawing = Chart.styled(new JFreeChart(title, plot));
    for (int i = 0; i < data.getSeriesCount(); i++) {
      lines.setSeriesPaint(i, Chart.colour(i));
      lines.setSeriesStroke(i, Chart.stroke(i));
    }
    lines.setDrawSeriesLineAsPath(true);
    // a legend line of the default length cannot show a dash
    lines.setLegendLine(new java.awt.geom.Line2D.Double(-20, 0, 20, 0));
    return drawing;
  }

  /** An axis of plain numbers from 0, with a little room below so that what is 0 can be seen. */
  static NumberAxis axis(String label, int decimals) {
    NumberAxis axis = new NumberAxis(label);
    axis.setAutoRangeIncludesZero(true);
    axis.setAutoRangeStickyZero(false);
    axis.setLowerMargin(0.03);
    axis.setUpperMargin(0.05);
    var format = java.text.NumberFormat.getInstance(Locale.ROOT);
    format.setMaximumFractionDigits(decimals);
    format.setGroupingUsed(false);
    axis.setNumberFormatOverride(format);
    return axis;
  }
}
