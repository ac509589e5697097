// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.data.category.DefaultCategoryDataset;

/** Drawings of horizontal bars with their numbers, in the house's style. */
final class Bars {
  private Bars() {}

  static JFreeChart drawing(String title, String unit, DefaultCategoryDataset data) {
    JFreeChart drawing =
        ChartFactory.createBarChart(
            title, null, unit, data, PlotOrientation.HORIZONTAL, true, false, false);
    Chart.styled(drawing);
    style(drawing.getCategoryPlot());
    return drawing;
  }

  private static void style(CategoryPlot plot) {
    BarRenderer bars = (BarRenderer) plot.getRenderer();
    bars.setBarPainter(new StandardBarPainter());
    bars.setShadowVisible(false);
    bars.setItemMargin(0.05);
    bars.setDefaultItemLabelsVisible(true);
    NumberFormat oneDecimal = NumberFormat.getInstance(Locale.ROOT);
    oneDecimal.setMinimumFractionDigits(1);
    oneDecimal.setMaximumFractionDigits(1);
    bars.setDefaultItemLabelGenerator(new StandardCategoryItemLabelGenerator("{2}", oneDecimal));
    bars.setDefaultItemLabelFont(Chart.FONT);
    int series = plot.getDataset().getRowCount();
    for (int i = 0; i < series; i++) {
      bars.setSeriesPaint(i, Chart.colour(series == 1 ? 1 : i));
    }
    plot.setRangeAxisLocation(AxisLocation.BOTTOM_OR_LEFT);
    plot.getDomainAxis().setMaximumCategoryLabelWidthRatio(0.5f);
    NumberAxis values = (NumberAxis) plot.getRangeAxis();
    values.setUpperMargin(0.1);
    values.setNumberFormatOverride(TickLabels.PLAIN);
  }
}
