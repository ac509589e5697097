// SPDX-License-Identifier: Apache-2.0
package gmembench.result;

import gmembench.InputException;
import gmembench.Units;
import java.awt.Color;
import java.awt.Paint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.PaintScale;
import org.jfree.chart.renderer.xy.XYBlockRenderer;
import org.jfree.chart.ui.RectangleAnchor;
import org.jfree.data.xy.DefaultXYZDataset;

/** Where a trace converts when: gfn against time, darker where there is more. */
public final class HeatMapChart {
  private static final Color LIGHT = new Color(0xcfe2f0);
  private static final Color DARK = new Color(0x08306b);

  private HeatMapChart() {}

  /** Conversions in a cell; rows go upwards. */
  public interface Count {
    long of(int column, int row);
  }

  /**
   * What is drawn.
   *
   * @param gfn first page of the lowest row
   * @param rowPages pages a row
   * @param columnNs time a column
   */
  public record Cells(int columns, int rows, Count count, long gfn, long rowPages, long columnNs) {}

  public static boolean canWrite(Path file) {
    return file.toString().endsWith(".svg") || file.toString().endsWith(".png");
  }

  /** Draws a trace's heat to a file, SVG or PNG by its name. */
  public static void write(String name, Cells heat, Path file) {
    Chart chart = new Chart(name, drawing(name, heat), 900, 520);
    try {
      Files.write(file, file.toString().endsWith(".svg") ? chart.svg() : chart.png());
    } catch (IOException e) {
      throw new InputException(file.toString(), "cannot be written (" + e + ")", "a writable path");
    }
  }

  private static JFreeChart drawing(String name, Cells heat) {
    DefaultXYZDataset data = new DefaultXYZDataset();
    double[][] cells = cells(heat);
    data.addSeries("conversions", cells);
    double most = 1;
    for (double count : cells[2]) {
      most = Math.max(most, count);
    }
    XYBlockRenderer renderer = new XYBlockRenderer();
    renderer.setBlockWidth(heat.columnNs() / 1e9);
    renderer.setBlockHeight((double) heat.rowPages());
    renderer.setBlockAnchor(RectangleAnchor.BOTTOM_LEFT);
    renderer.setPaintScale(new Scale(most));
    NumberAxis x = Lines.axis("time (s)", 1);
    NumberAxis y = new NumberAxis("gfn");
    y.setAutoRangeIncludesZero(false);
    y.setNumberFormatOverride(new HexFormat());
    y.setTickUnit(new NumberTickUnit((double) tick(heat.rows() * heat.rowPages())));
    JFreeChart drawing =
        new JFreeChart(
            "Conversions: " + name,
            JFreeChart.DEFAULT_TITLE_FONT,
            new XYPlot(data, x, y, renderer),
            false);
    return Chart.withSubtitle(
        Chart.styled(drawing),
        "light: one a cell; dark: "
            + Units.decimal(most, 0)
            + " (logarithmic); a cell is "
            + Units.decimal(heat.columnNs() / 1e6, 3)
            + " ms"
            + " by "
            + Units.size(heat.rowPages() * Units.PAGE_BYTES));
  }

  /** A power of two, so that labels are round in hexadecimal; 8 to 16 of them. */
  private static long tick(long pages) {
    return Math.max(1, Long.highestOneBit(pages) / 8);
  }

  /** The cells with anything in them: x, y, count. */
  private static double[][] cells(Cells heat) {
    int used = 0;
    for (int i = 0; i < heat.columns(); i++) {
      for (int j = 0; j < heat.rows(); j++) {
        used += heat.count().of(i, j) > 0 ? 1 : 0;
      }
    }
    double[][] cells = new double[3][used];
    int at = 0;
    for (int i = 0; i < heat.columns(); i++) {
      for (int j = 0; j < heat.rows(); j++) {
        if (heat.count().of(i, j) > 0) {
          cells[0][at] = i * (heat.columnNs() / 1e9);
          cells[1][at] = (double) (heat.gfn() + j * heat.rowPages());
          cells[2][at++] = (double) heat.count().of(i, j);
        }
      }
    }
    return cells;
  }

  /** One hue from light to dark, told apart by all kinds of colour vision and in grey. */
  private record Scale(double most) implements PaintScale {
    @Override
    public double getLowerBound() {
      return 1;
    }

    @Override
    public double getUpperBound() {
      return Math.max(2, most);
    }

    @Override
    public Paint getPaint(double value) {
      double part = most <= 1 ? 0 : Math.log(Math.max(1, value)) / Math.log(most);
      return new Color(
          mix(LIGHT.getRed(), DARK.getRed(), part),
          mix(LIGHT.getGreen(), DARK.getGreen(), part),
          mix(LIGHT.getBlue(), DARK.getBlue(), part));
    }

    private static int mix(int from, int to, double part) {
      return (int) Math.round(from + (to - from) * Math.min(1, part));
    }
  }

  private static final class HexFormat extends PlainFormat {
    @Override
    String text(double value) {
      return Units.hex(Math.round(value));
    }
  }
}
