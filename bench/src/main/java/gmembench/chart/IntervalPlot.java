// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import gmembench.result.Interval;
import java.awt.BasicStroke;
import java.awt.Color;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.SymbolAxis;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.data.xy.XYIntervalSeries;
import org.jfree.data.xy.XYIntervalSeriesCollection;

/** Points with intervals, a row for each label from the top: what bars with whiskers hide. */
final class IntervalPlot {
  private static final Color REFERENCE = new Color(0x606060);

  private IntervalPlot() {}

  /**
   * A point of a series in a labelled row.
   *
   * @param low the interval's end, or the value itself where it is exact
   */
  record Point(String series, String label, double value, double low, double high) {
    static Point of(String series, String label, Interval interval, double scale) {
      double value = interval.median() / scale;
      return interval.isKnown()
          ? new Point(series, label, value, interval.low() / scale, interval.high() / scale)
          : new Point(series, label, value, value, value);
    }
  }

  static JFreeChart drawing(String title, List<Point> points, ValueAxis x) {
    Set<String> labels = new LinkedHashSet<>();
    points.forEach(p -> labels.add(p.label()));
    List<String> rows = List.copyOf(labels);
    List<String> names = points.stream().map(Point::series).distinct().toList();
    XYIntervalSeriesCollection data = new XYIntervalSeriesCollection();
    for (String name : names) {
      XYIntervalSeries series = new XYIntervalSeries(name);
      for (Point p : points) {
        if (p.series().equals(name)) {
          double y = rows.indexOf(p.label()) + offset(p, points);
          series.add(p.value(), p.low(), p.high(), y, y, y);
        }
      }
      data.addSeries(series);
    }
    SymbolAxis y = new SymbolAxis(null, rows.toArray(String[]::new));
    y.setInverted(true);
    y.setRange(-0.6, rows.size() - 0.4);
    y.setGridBandsVisible(false);
    XYErrorRenderer renderer = new XYErrorRenderer();
    renderer.setDrawYError(false);
    renderer.setCapLength(7);
    renderer.setErrorStroke(new BasicStroke(2f));
    JFreeChart drawing = Chart.styled(new JFreeChart(title, new XYPlot(data, x, y, renderer)));
    for (int i = 0; i < names.size(); i++) {
      renderer.setSeriesPaint(i, Chart.colour(i));
      renderer.setSeriesShape(i, Chart.marker(i));
    }
    if (names.size() == 1) {
      drawing.removeLegend();
    }
    return drawing;
  }

  /** Points that share a row are drawn below each other. */
  private static double offset(Point point, List<Point> points) {
    List<Point> row = points.stream().filter(p -> p.label().equals(point.label())).toList();
    return 0.24 * (row.indexOf(point) - (row.size() - 1) / 2.0);
  }

  /** As high as its rows need. */
  static int height(List<Point> points) {
    return 130 + 38 * (int) points.stream().map(Point::label).distinct().count();
  }

  /** A vertical line to compare with. */
  static void reference(JFreeChart drawing, double at, float width) {
    BasicStroke stroke =
        width > 1
            ? new BasicStroke(width)
            : new BasicStroke(
                1f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 1, new float[] {4, 4}, 0);
    drawing.getXYPlot().addDomainMarker(new ValueMarker(at, REFERENCE, stroke));
  }
}
