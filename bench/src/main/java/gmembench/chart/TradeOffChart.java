// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.Ticks;
import gmembench.result.Cell;
import gmembench.result.Declared;
import gmembench.result.Interval;
import gmembench.result.Results;
import gmembench.result.Samples;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Time against memory: every strategy a point, better to the lower left. */
@AutoService(ChartKind.class)
public record TradeOffChart() implements ChartKind {
  private static final double MIB = 1 << 20;

  @Override
  public String why() {
    return "every strategy a point; better to the lower left";
  }

  @Override
  public Part part() {
    return new Part(50, "Time against memory");
  }

  @Override
  public List<Chart> of(Results results) {
    Samples samples = results.samples();
    Map<Cell, Map<String, double[]>> charts = new LinkedHashMap<>();
    for (Cell cell : samples.cells()) {
      double[] total = samples.values(cell, Declared.TOTAL_NS);
      double[] bytes = samples.values(cell, Declared.DOUBLE_ALLOCATED_PEAK_BYTES);
      if (total.length > 0 && bytes.length > 0) {
        double scale = cell.isLive() ? 1e6 : 1e9;
        double[] point = {Interval.ofMedian(total).median() / scale, bytes[0] / MIB};
        charts
            .computeIfAbsent(cell.block(), b -> new LinkedHashMap<>())
            .put(cell.strategy(), point);
      }
    }
    List<Chart> list = new ArrayList<>();
    charts.forEach((block, points) -> {
      String name = Chart.fileName("time-memory", block, charts.keySet());
      list.add(chart(name, block, points, results.env().ticks()));
    });
    return list;
  }

  private static Chart chart(String name, Cell block, Map<String, double[]> points, Ticks ticks) {
    XYSeriesCollection data = new XYSeriesCollection();
    points.forEach((strategy, p) -> {
      XYSeries series = new XYSeries(strategy);
      series.add(p[0], p[1]);
      data.addSeries(series);
    });
    String time = block.isLive() ? "all conversions (" + ticks.unit(2) + ")" : "modelled time (s)";
    NumberAxis x = Lines.axis(time, 1);
    NumberAxis y = Lines.axis("double-allocated memory, peak (MiB)", 4);
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(false, true);
    XYPlot plot = new XYPlot(data, x, y, renderer);
    String where =
        block.isLive()
            ? "live, " + block.backing() + ", medians"
            : "model, " + block.backing() + ", " + block.costs() + ", exact";
    JFreeChart drawing =
        Chart.withSubtitle(
            Chart.styled(new JFreeChart("Time against memory: " + block.workload(), plot)),
            where + "; better to the lower left");
    for (int i = 0; i < data.getSeriesCount(); i++) {
      renderer.setSeriesPaint(i, Chart.colour(i));
      renderer.setSeriesShape(i, Chart.marker(i));
    }
    return new Chart(name, drawing, 900, 520);
  }
}
