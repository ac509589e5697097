// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.util.Locale;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/**
 * The widths that texts of an SVG had when it was laid out. A viewer that has another font squeezes
 * or stretches them, so that no text runs into the next.
 */
final class TextWidths {
  private static final FontRenderContext CONTEXT = new FontRenderContext(null, true, true);

  private TextWidths() {}

  /** Gives every text below an element its width. */
  static void fix(Element root) {
    NodeList texts = root.getElementsByTagNameNS(root.getNamespaceURI(), "text");
    for (int i = 0; i < texts.getLength(); i++) {
      Element text = (Element) texts.item(i);
      String content = text.getTextContent();
      if (!content.isBlank()) {
        double width = font(text).getStringBounds(content, CONTEXT).getWidth();
        text.setAttribute("textLength", String.format(Locale.ROOT, "%.1f", width));
        text.setAttribute("lengthAdjust", "spacingAndGlyphs");
      }
    }
  }

  private static Font font(Element text) {
    boolean isBold = inherited(text, "font-weight", "normal").equals("bold");
    float size = Float.parseFloat(inherited(text, "font-size", "13").replace("px", ""));
    return Chart.FONT.deriveFont(isBold ? Font.BOLD : Font.PLAIN, size);
  }

  /** A presentation attribute of an element, or of the nearest that it is in. */
  private static String inherited(Element element, String attribute, String otherwise) {
    for (Node at = element; at instanceof Element e; at = e.getParentNode()) {
      if (!e.getAttribute(attribute).isEmpty()) {
        return e.getAttribute(attribute);
      }
    }
    return otherwise;
  }
}
