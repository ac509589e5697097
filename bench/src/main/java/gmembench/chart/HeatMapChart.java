// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import com.google.auto.service.AutoService;
import gmembench.InputException;
import gmembench.OutputFile;
import gmembench.Text;
import gmembench.Units;
import gmembench.result.Environment;
import gmembench.result.HeatMap;
import gmembench.result.Results;
import java.awt.Color;
import java.awt.image.BufferedImage;
import org.apache.commons.csv.CSVRecord;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.annotations.XYDataImageAnnotation;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.data.xy.XYSeriesCollection;

/** Where a trace converts when: gfn against time, darker where there is more. */
@AutoService(ChartKind.class)
public record HeatMapChart() implements ChartKind {
  private static final Color LIGHT = new Color(0xcfe2f0);
  private static final Color DARK = new Color(0x08306b);

  /** Pixels of a cell, each way. */
  private static final int CELL = 8;

  /** Cells each way that are still drawn; a run writes 96 by 48. */
  private static final int MOST = 1000;

  @Override
  public String why() {
    return "gfn against time, darker where more is converted";
  }

  @Override
  public Part part() {
    return new Part(70, "Where and when pages are converted");
  }

  @Override
  public String file() {
    return HeatMap.FILE;
  }

  @Override
  public List<Chart> of(Results results) {
    Path file = results.folder().resolve(file());
    Map<String, List<CSVRecord>> workloads = new LinkedHashMap<>();
    for (CSVRecord row : Environment.rows(file, HeatMap.COLUMNS)) {
      workloads.computeIfAbsent(row.get(0), w -> new ArrayList<>()).add(row);
    }
    List<Chart> charts = new ArrayList<>();
    workloads.forEach((name, rows) -> charts.add(chart(file, name, rows)));
    return charts;
  }

  private static Chart chart(Path file, String name, List<CSVRecord> rows) {
    CSVRecord first = rows.get(0);
    Text.requireName(name, file + ":" + first.getRecordNumber());
    long columnNs = Environment.whole(file, first, 2);
    long rowPages = Environment.whole(file, first, 4);
    long firstGfn = rows.stream().mapToLong(row -> Environment.whole(file, row, 3)).min().orElse(0);
    Blocks blocks = new Blocks(new double[3][rows.size()], columnNs, rowPages);
    for (int i = 0; i < rows.size(); i++) {
      CSVRecord row = rows.get(i);
      long atNs = Environment.whole(file, row, 1);
      long gfn = Environment.whole(file, row, 3);
      boolean fits =
          columnNs > 0
              && columnNs == Environment.whole(file, row, 2)
              && rowPages > 0
              && rowPages == Environment.whole(file, row, 4);
      if (!fits || atNs / columnNs >= MOST || (gfn - firstGfn) / rowPages >= MOST) {
        throw new InputException(
            file.toString(), row.getRecordNumber(), "a cell far outside", "a map of " + MOST + "²");
      }
      blocks.xyz[0][i] = (double) atNs;
      blocks.xyz[1][i] = (double) gfn;
      blocks.xyz[2][i] = (double) Environment.whole(file, row, 5);
    }
    return new Chart("heat-" + name, drawing(name, blocks), 900, 480);
  }

  public static boolean canWrite(Path file) {
    return file.toString().endsWith(".svg") || file.toString().endsWith(".png");
  }

  /** Draws a trace's heat to a file, SVG or PNG by its name. */
  public static void write(HeatMap heat, Path file) {
    Blocks blocks = new Blocks(cells(heat), heat.columnNs(), heat.rowPages());
    Chart chart = new Chart(heat.workload(), drawing(heat.workload(), blocks), 900, 520);
    byte[] image = file.toString().endsWith(".svg") ? chart.svg() : chart.png();
    OutputFile.write(file, out -> out.write(image));
  }

  /** Times in ns, gfns and counts of cells that are all of one size. */
  private static final class Blocks {
    final double[][] xyz;
    final long columnNs;
    final long rowPages;

    Blocks(double[][] xyz, long columnNs, long rowPages) {
      this.xyz = xyz;
      this.columnNs = columnNs;
      this.rowPages = rowPages;
    }

    double most() {
      return Math.max(1, max(2));
    }

    double max(int of) {
      return Arrays.stream(xyz[of]).max().orElse(1);
    }

    double firstGfn() {
      return Arrays.stream(xyz[1]).min().orElse(0);
    }

    double endGfn() {
      return max(1) + rowPages;
    }

    double endNs() {
      return max(0) + columnNs;
    }

    /** A few pixels a cell, so that a viewer that smooths does not blur them into each other. */
    BufferedImage image() {
      int columns = (int) Math.round(endNs() / columnNs);
      double first = firstGfn();
      double most = most();
      int rows = (int) Math.round((endGfn() - first) / rowPages);
      BufferedImage image =
          new BufferedImage(columns * CELL, rows * CELL, BufferedImage.TYPE_INT_ARGB);
      for (int i = 0; i < xyz[0].length; i++) {
        int x = (int) Math.round(xyz[0][i] / columnNs);
        int y = rows - 1 - (int) Math.round((xyz[1][i] - first) / rowPages);
        fill(image, x * CELL, y * CELL, shade(xyz[2][i], most));
      }
      return image;
    }

    private static void fill(BufferedImage image, int x, int y, int rgb) {
      for (int i = 0; i < CELL * CELL; i++) {
        image.setRGB(x + i % CELL, y + i / CELL, rgb);
      }
    }
  }

  private static JFreeChart drawing(String name, Blocks heat) {
    boolean isShort = heat.endNs() < 2e9;
    double unitNs = isShort ? 1e6 : 1e9;
    NumberAxis x = Lines.axis(isShort ? "time (ms)" : "time (s)", 1);
    x.setNumberFormatOverride(TickLabels.PLAIN);
    x.setRange(0, heat.endNs() / unitNs);
    x.setTickUnit(new NumberTickUnit(round(heat.endNs() / unitNs / 8)));
    NumberAxis y = new NumberAxis("gfn");
    y.setRange(heat.firstGfn(), heat.endGfn());
    y.setNumberFormatOverride(TickLabels.HEX);
    y.setTickUnit(new NumberTickUnit((double) tick((long) (heat.endGfn() - heat.firstGfn()))));
    XYPlot plot = new XYPlot(new XYSeriesCollection(), x, y, new XYLineAndShapeRenderer());
    plot.addAnnotation(
        new XYDataImageAnnotation(
            heat.image(),
            0,
            heat.firstGfn(),
            heat.endNs() / unitNs,
            heat.endGfn() - heat.firstGfn()));
    JFreeChart drawing =
        new JFreeChart("Conversions: " + name, JFreeChart.DEFAULT_TITLE_FONT, plot, false);
    return Chart.withSubtitle(
        Chart.styled(drawing),
        "light: one a cell; dark: "
            + Units.decimal(heat.most(), 0)
            + " (logarithmic); a cell is "
            + Units.decimal(heat.columnNs / 1e6, 3)
            + " ms"
            + " by "
            + Units.size(heat.rowPages * Units.PAGE_BYTES));
  }

  /** 1, 2 or 5 times a power of ten, not below {@code step}. */
  private static double round(double step) {
    double power = Math.pow(10, Math.floor(Math.log10(step)));
    return power * (step <= power ? 1 : step <= 2 * power ? 2 : step <= 5 * power ? 5 : 10);
  }

  /** A power of two, so that labels are round in hexadecimal; 8 to 16 of them. */
  private static long tick(long pages) {
    return Math.max(1, Long.highestOneBit(pages) / 8);
  }

  /** The cells with anything in them: x, y, count. */
  private static double[][] cells(HeatMap heat) {
    double[][] cells = new double[3][heat.columns() * heat.rows()];
    int used = 0;
    for (int i = 0; i < heat.columns(); i++) {
      for (int j = 0; j < heat.rows(); j++) {
        if (heat.count().of(i, j) > 0) {
          cells[0][used] = (double) (i * heat.columnNs());
          cells[1][used] = (double) (heat.gfn() + j * heat.rowPages());
          cells[2][used++] = (double) heat.count().of(i, j);
        }
      }
    }
    int n = used;
    return Arrays.stream(cells).map(of -> Arrays.copyOf(of, n)).toArray(double[][]::new);
  }

  /** One hue from light to dark, distinguishable with all kinds of colour vision and in grey. */
  private static int shade(double count, double most) {
    double part = most <= 1 ? 0 : Math.log(Math.max(1, count)) / Math.log(most);
    return new Color(
            mix(LIGHT.getRed(), DARK.getRed(), part),
            mix(LIGHT.getGreen(), DARK.getGreen(), part),
            mix(LIGHT.getBlue(), DARK.getBlue(), part))
        .getRGB();
  }

  private static int mix(int from, int to, double part) {
    return (int) Math.round(from + (to - from) * Math.min(1, part));
  }
}
