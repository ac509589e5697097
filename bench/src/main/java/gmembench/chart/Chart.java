// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import gmembench.OutputFile;
import gmembench.result.Cell;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.ChartUtils;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.StandardChartTheme;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.RectangleInsets;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * A chart and the name of its file without the ending. Series differ in colour (Okabe and Ito's,
 * which all kinds of colour vision can distinguish), in dash and in marker.
 */
public record Chart(String name, JFreeChart drawing, int width, int height) {
  static {
    Fonts.install();
  }

  /** A name of a file, whatever it was made of. */
  public Chart {
    name = fileName(name);
  }

  static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
  private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 15);
  private static final Color GRID = new Color(0xd0d0d0);
  private static final int PNG_SCALE = 2;
  private static final int LONGEST_NAME = 200; // NAME_MAX is 255

  private static final Color[] COLOURS = {
    new Color(0x0072b2),
    new Color(0xd55e00),
    new Color(0x009e73),
    new Color(0xcc79a7),
    new Color(0x56b4e9),
    new Color(0xe69f00),
    new Color(0x000000),
    new Color(0x7f7f7f),
  };
  private static final float[][] DASHES = {{1, 0}, {8, 4}, {2, 3}, {10, 3, 2, 3}};

  static Color colour(int series) {
    return COLOURS[series % COLOURS.length];
  }

  static Stroke stroke(int series) {
    float[] dash = DASHES[series % DASHES.length];
    return new BasicStroke(2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, dash, 0f);
  }

  static Shape marker(int series) {
    return switch (series % 5) {
      case 0 -> new Ellipse2D.Double(-4.5, -4.5, 9, 9);
      case 1 -> new Rectangle2D.Double(-4, -4, 8, 8);
      case 2 -> polygon(0, -5.5, 5, 4, -5, 4);
      case 3 -> polygon(0, -6, 6, 0, 0, 6, -6, 0);
      default -> polygon(0, 5.5, 5, -4, -5, -4);
    };
  }

  private static Shape polygon(double... xy) {
    Path2D path = new Path2D.Double();
    path.moveTo(xy[0], xy[1]);
    for (int i = 2; i < xy.length; i += 2) {
      path.lineTo(xy[i], xy[i + 1]);
    }
    path.closePath();
    return path;
  }

  /** A file name of the parts of a cell that tell charts of one kind apart. */
  static String fileName(String kind, Cell c) {
    String name = kind + "-" + c.engine() + "-" + c.workload() + "-" + c.backing();
    return fileName(name + (c.tracker().equals("bitmap") ? "" : "-" + c.tracker()));
  }

  /** The same, and the costs if these alone tell it from one that is drawn before. */
  static String fileName(String kind, Cell c, Collection<Cell> all) {
    String name = fileName(kind, c);
    boolean isTaken =
        all.stream().takeWhile(o -> !o.equals(c)).anyMatch(o -> fileName(kind, o).equals(name));
    return isTaken ? fileName(name + "-" + c.costs()) : name;
  }

  static String fileName(String text) {
    String name = text.replaceAll("[^A-Za-z0-9.-]+", "-");
    return name.length() <= LONGEST_NAME
        ? name
        : name.substring(0, LONGEST_NAME - 9) + "-" + Integer.toHexString(name.hashCode());
  }

  /** Gives a drawing the house's fonts, white ground and thin grid. */
  static JFreeChart styled(JFreeChart drawing) {
    StandardChartTheme theme = new StandardChartTheme("gmembench");
    theme.setExtraLargeFont(TITLE);
    theme.setLargeFont(FONT);
    theme.setRegularFont(FONT);
    theme.setSmallFont(FONT);
    theme.setPlotBackgroundPaint(Color.WHITE);
    theme.setChartBackgroundPaint(Color.WHITE);
    theme.setRangeGridlinePaint(GRID);
    theme.setDomainGridlinePaint(GRID);
    theme.setPlotOutlinePaint(GRID);
    theme.setShadowVisible(false);
    theme.apply(drawing);
    // room for a last tick label that is wider than its tick
    drawing.setPadding(new RectangleInsets(8, 8, 8, 24));
    if (drawing.getLegend() != null) {
      drawing.getLegend().setFrame(org.jfree.chart.block.BlockBorder.NONE);
    }
    return drawing;
  }

  /** Adds a line below the title: what it is of, and how sure. */
  static JFreeChart withSubtitle(JFreeChart drawing, String text) {
    drawing.addSubtitle(0, new TextTitle(text, FONT));
    return drawing;
  }

  /** SVG with its text as text. */
  public byte[] svg() {
    SVGGeneratorContext context = SVGGeneratorContext.createDefault(emptyDocument());
    context.setComment("gmembench");
    context.setImageHandler(new EmbeddedImages());
    SVGGraphics2D graphics = new SVGGraphics2D(context, false);
    graphics.setSVGCanvasSize(new java.awt.Dimension(width, height));
    drawing.draw(graphics, new Rectangle2D.Double(0, 0, width, height));
    Element root = graphics.getRoot();
    TextWidths.fix(root);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (Writer out = new OutputStreamWriter(bytes, StandardCharsets.UTF_8)) {
      graphics.stream(root, out, true, false);
    } catch (IOException e) {
      throw new UncheckedIOException("into memory", e);
    }
    return bytes.toByteArray();
  }

  private static Document emptyDocument() {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument("http://www.w3.org/2000/svg", "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("every JDK makes documents", e);
    }
  }

  /** PNG at twice the size, for sharp text. */
  byte[] png() {
    BufferedImage image =
        drawing.createBufferedImage(width * PNG_SCALE, height * PNG_SCALE, width, height, null);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, "png", bytes)) {
        ChartUtils.writeBufferedImageAsPNG(bytes, image);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("into memory", e);
    }
    return bytes.toByteArray();
  }

  /** Writes it below a results folder in all formats. */
  public void write(Path folder) {
    Charts.FORMATS.forEach(format -> write(folder, format));
  }

  /** Writes {@code charts/NAME.FORMAT} below a results folder and returns the path. */
  public Path write(Path folder, String format) {
    String file = "charts/" + name + "." + format;
    return OutputFile.writeIn(folder, file, format.equals("svg") ? svg() : png());
  }
}
