// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import gmembench.Units;
import gmembench.table.BootSweep;
import java.awt.BasicStroke;
import java.awt.Color;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** When does lazy discard stop mattering? What it saves against the cost of a discard. */
public final class SweepChart {
  private static final double LEAST_NS = 1e3;
  private static final double MOST_NS = 1e7;
  private static final double LEAST_S = 0.001;

  private SweepChart() {}

  public static List<Chart> of(BootSweep sweep) {
    return List.of(saved(sweep), boots(sweep));
  }

  /**
   * Linear in the cost, since a strategy decides by what it sees, which is not the cost: so two
   * points a boot are enough.
   */
  private static Chart saved(BootSweep sweep) {
    Map<String, long[]> discards = new LinkedHashMap<>();
    for (BootSweep.Row r : sweep.rows()) {
      boolean wanted =
          r.axis() == BootSweep.Axis.INITRD
              && (r.initrdBytes() == 0 || r.initrdBytes() == 256 << 20)
              && !(r.boot().contains("pool") && r.initrdBytes() != 0)
              && !r.boot().contains("scsi"); // within 1 % of virtio-blk
      if (wanted && (r.isOf(BootSweep.EAGER) || r.isOf(BootSweep.LAZY))) {
        long[] both =
            discards.computeIfAbsent(
                r.boot() + ", initrd " + Units.size(r.initrdBytes()), k -> new long[1]);
        both[0] += r.isOf(BootSweep.EAGER) ? r.discards() : -r.discards();
      }
    }
    XYSeriesCollection data = new XYSeriesCollection();
    double most = 1;
    for (Map.Entry<String, long[]> e : discards.entrySet()) {
      XYSeries line = new XYSeries(e.getKey());
      line.add(LEAST_NS, e.getValue()[0] * LEAST_NS / 1e9);
      line.add(MOST_NS, e.getValue()[0] * MOST_NS / 1e9);
      data.addSeries(line);
      most = Math.max(most, e.getValue()[0] * MOST_NS / 1e9);
    }
    LogAxis x = axis("cost of a discard", LEAST_NS, MOST_NS, true);
    LogAxis y = axis("boot time that lazy discard saves (s)", LEAST_S, most * 1.3, false);
    JFreeChart drawing = Lines.drawing("When does lazy discard stop mattering?", data, x, y);
    double onePercent = sweep.baseS() / 100;
    drawing
        .getXYPlot()
        .addRangeMarker(marker(onePercent, "1 % of the boot: below this line it does not", false));
    sweep.rows().stream()
        .filter(r -> r.axis() == BootSweep.Axis.INITRD)
        .findFirst()
        .ifPresent(r ->
            drawing
                .getXYPlot()
                .addDomainMarker(marker((double) r.discardNs(), "fitted to June 2022", true)));
    String subtitle = "eager - lazy, against the cost of a discard; disk and initrd; model, exact";
    return new Chart("sweep-lazy", Chart.withSubtitle(drawing, subtitle), 900, 620);
  }

  /** Every strategy of one boot against the cost of all its discards. */
  private static Chart boots(BootSweep sweep) {
    Map<String, XYSeries> byStrategy = new LinkedHashMap<>();
    String boot = "";
    for (BootSweep.Row r : sweep.rows()) {
      if (r.axis() == BootSweep.Axis.COST && r.costs().equals("both sides")) {
        byStrategy
            .computeIfAbsent(r.strategy(), XYSeries::new)
            .add((double) r.discardNs(), r.bootS());
        boot = r.boot();
      }
    }
    XYSeriesCollection data = new XYSeriesCollection();
    byStrategy.values().forEach(data::addSeries);
    LogAxis x = axis("cost of a discard", LEAST_NS, MOST_NS, true);
    JFreeChart drawing =
        Lines.drawing(
            "Boot time against the cost of a discard", data, x, Lines.axis("boot (s)", 0));
    return new Chart(
        "sweep-cost",
        Chart.withSubtitle(drawing, boot + "; both sides cost; model, exact"),
        900,
        560);
  }

  private static LogAxis axis(String label, double from, double to, boolean time) {
    LogAxis axis = LogScale.axis(label, 10, java.util.stream.DoubleStream.of(from, to));
    axis.setRange(from, to);
    if (time) {
      axis.setNumberFormatOverride(TickLabels.TIMES);
    }
    return axis;
  }

  private static ValueMarker marker(double value, String text, boolean upright) {
    ValueMarker marker =
        new ValueMarker(value, Color.BLACK, new BasicStroke(1f, 0, 0, 1f, new float[] {3, 3}, 0));
    marker.setLabel(text);
    marker.setLabelFont(Chart.FONT);
    marker.setLabelBackgroundColor(Color.WHITE);
    marker.setLabelAnchor(upright ? RectangleAnchor.BOTTOM_LEFT : RectangleAnchor.TOP_RIGHT);
    marker.setLabelTextAnchor(TextAnchor.BOTTOM_RIGHT);
    return marker;
  }
}
