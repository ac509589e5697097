// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import java.awt.Image;
import java.awt.image.BufferedImage;
import javax.imageio.ImageIO;
import org.apache.batik.svggen.DefaultImageHandler;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.w3c.dom.Element;

/** An image in an SVG as data in the SVG itself, so that it needs no other file. */
final class EmbeddedImages extends DefaultImageHandler {
  private static final String XLINK = "http://www.w3.org/1999/xlink";

  @Override
  protected void handleHREF(Image image, Element element, SVGGeneratorContext context) {
    if (!(image instanceof BufferedImage pixels)) {
      throw new IllegalArgumentException("charts draw buffered images only");
    }
    try {
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(pixels, "png", png);
      String data = Base64.getEncoder().encodeToString(png.toByteArray());
      element.setAttributeNS(XLINK, "xlink:href", "data:image/png;base64," + data);
      element.setAttribute("preserveAspectRatio", "none");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
