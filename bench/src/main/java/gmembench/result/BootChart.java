// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import java.util.Locale;
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

/** Boot seconds, a bar for the published time and one for the model's. */
final class BootChart {
  private BootChart() {}

  static Chart of(BootTable table) {
    DefaultCategoryDataset data = new DefaultCategoryDataset();
    boolean anyPublished = table.rows().stream().anyMatch(BootTable.Row::isPublished);
    for (BootTable.Row row : table.rows()) {
      if (anyPublished) {
        data.addValue(row.isPublished() ? row.publishedS() : null, "published", row.strategy());
      }
      data.addValue(row.modelS(), "model (" + table.costs() + ")", row.strategy());
    }
    JFreeChart drawing =
        ChartFactory.createBarChart(
            "Boot of a 1 GiB SNP guest: " + table.workload(),
            null,
            "boot time (s)",
            data,
            PlotOrientation.HORIZONTAL,
            true,
            false,
            false);
    Chart.styled(drawing);
    style(drawing.getCategoryPlot());
    int rows = table.rows().size();
    return new Chart("boot-" + table.workload(), drawing, 900, 130 + 55 * rows);
  }

  private static void style(CategoryPlot plot) {
    BarRenderer bars = (BarRenderer) plot.getRenderer();
    bars.setBarPainter(new StandardBarPainter());
    bars.setShadowVisible(false);
    bars.setItemMargin(0.05);
    bars.setDefaultItemLabelsVisible(true);
    var oneDecimal = java.text.NumberFormat.getInstance(Locale.ROOT);
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
    NumberAxis seconds = (NumberAxis) plot.getRangeAxis();
    seconds.setUpperMargin(0.1);
    seconds.setNumberFormatOverride(java.text.NumberFormat.getIntegerInstance(Locale.ROOT));
  }
}
