// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import org.apache.commons.statistics.descriptive.Median;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Lines with a marker at every point: what grows with a size. */
final class Growth {
  private final XYSeriesCollection data = new XYSeriesCollection();

  /** Lines by their labels: a point is one figure of all values at a place. */
  Growth(Map<String, Map<Double, List<Double>>> lines, ToDoubleFunction<List<Double>> figure) {
    lines.forEach((label, points) -> {
      XYSeries line = new XYSeries(label);
      points.forEach((x, values) -> line.add(x.doubleValue(), figure.applyAsDouble(values)));
      data.addSeries(line);
    });
  }

  static double median(List<Double> values) {
    return Median.withDefaults().evaluate(values.stream().mapToDouble(v -> v).toArray());
  }

  /** The least, which other load on the machine disturbs least. */
  static double least(List<Double> values) {
    return values.stream().mapToDouble(v -> v).min().orElseThrow();
  }

  LogAxis x(String label, double base) {
    return LogScale.axis(label, base, values(true));
  }

  LogAxis y(String label, double base) {
    return LogScale.axis(label, base, values(false));
  }

  private DoubleStream values(boolean x) {
    return IntStream.range(0, data.getSeriesCount())
        .boxed()
        .flatMapToDouble(i ->
            IntStream.range(0, data.getItemCount(i))
                .mapToDouble(j -> x ? data.getXValue(i, j) : data.getYValue(i, j)));
  }

  /** A logarithmic axis of little more than a decade has too few labels. */
  boolean isWide() {
    var all = values(false).summaryStatistics();
    return all.getMax() > 20 * all.getMin();
  }

  Chart chart(String file, String title, String subtitle, ValueAxis x, ValueAxis y) {
    JFreeChart drawing = Lines.drawing(title, data, x, y);
    XYLineAndShapeRenderer lines = (XYLineAndShapeRenderer) drawing.getXYPlot().getRenderer();
    lines.setDrawSeriesLineAsPath(false);
    for (int i = 0; i < data.getSeriesCount(); i++) {
      lines.setSeriesShapesVisible(i, true);
      lines.setSeriesShape(i, Chart.marker(i));
    }
    return new Chart(file, Chart.withSubtitle(drawing, subtitle), 900, 520);
  }
}
