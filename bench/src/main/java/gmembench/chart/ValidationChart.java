// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.Ticks;
import gmembench.result.Results;
import gmembench.table.Validation;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Predicted against measured: every cell a point, on the diagonal if the model is right. */
@AutoService(ChartKind.class)
public record ValidationChart() implements ChartKind {
  @Override
  public String why() {
    return "predicted against measured, on the diagonal where the model is right";
  }

  @Override
  public Part part() {
    return new Part(80, "The model against measurement");
  }

  @Override
  public List<Chart> of(Results results) {
    return Files.exists(results.folder().resolve(Validation.FILE))
        ? List.of(chart(Validation.read(results.folder()), results.env().ticks()))
        : List.of();
  }

  private static Chart chart(Validation validation, Ticks ticks) {
    Map<String, XYSeries> byStrategy = new TreeMap<>();
    for (Validation.Row r : validation.rows()) {
      byStrategy
          .computeIfAbsent(r.cell().strategyName(), XYSeries::new)
          .add(r.measured().median() / 1e6, r.predictedNs() / 1e6);
    }
    XYSeriesCollection data = new XYSeriesCollection();
    byStrategy.values().forEach(data::addSeries);
    LogAxis x = axis("measured (" + ticks.unit(2) + ")", validation);
    LogAxis y = axis("predicted (" + ticks.unit(2) + ")", validation);
    data.addSeries(diagonal("10 % more", x, 1.1));
    data.addSeries(diagonal("10 % less", x, 1 / 1.1));
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(false, true);
    JFreeChart drawing =
        Chart.styled(
            new JFreeChart("The model against measurement", new XYPlot(data, x, y, renderer)));
    int points = byStrategy.size();
    for (int i = 0; i < data.getSeriesCount(); i++) {
      boolean line = i >= points;
      renderer.setSeriesLinesVisible(i, line);
      renderer.setSeriesShapesVisible(i, !line);
      renderer.setSeriesPaint(i, line ? Chart.colour(7) : Chart.colour(i));
      renderer.setSeriesShape(i, Chart.marker(i));
      renderer.setSeriesVisibleInLegend(i, !line);
    }
    String subtitle =
        validation.rows().size()
            + " cells, off by "
            + gmembench.Units.decimal(100 * validation.medianError(), 1)
            + " % in the median; between the lines: within 10 %";
    return new Chart("validation", Chart.withSubtitle(drawing, subtitle), 760, 700);
  }

  private static LogAxis axis(String label, Validation validation) {
    return LogScale.axis(
        label,
        10,
        validation.rows().stream()
            .flatMapToDouble(
                r -> DoubleStream.of(r.predictedNs() / 1e6, r.measured().median() / 1e6)));
  }

  private static XYSeries diagonal(String name, LogAxis axis, double factor) {
    XYSeries line = new XYSeries(name);
    line.add(axis.getLowerBound(), axis.getLowerBound() * factor);
    line.add(axis.getUpperBound(), axis.getUpperBound() * factor);
    return line;
  }
}
