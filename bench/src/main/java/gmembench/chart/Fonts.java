// SPDX-License-Identifier: Apache-2.0
package gmembench.chart;

import module java.base;

import gmembench.InputException;
import gmembench.OutputFile;

/**
 * Maps every logical font to Liberation Sans, which is in the jar. Without it a host that has no
 * fonts or no fontconfig cannot draw at all, and charts differ from host to host.
 */
final class Fonts {
  private static final List<String> FACES = List.of("Regular", "Bold");
  private static final List<String> FAMILIES =
      List.of("dialog", "dialoginput", "monospaced", "sansserif", "serif");

  private Fonts() {}

  /** Must run before AWT's first text: the JDK reads the property once. */
  static void install() {
    try {
      Path folder = Files.createTempDirectory("gmembench-fonts");
      folder.toFile().deleteOnExit();
      StringBuilder config = new StringBuilder("version=1\nsequence.allfonts=latin-1\n");
      for (String face : FACES) {
        Path file = keepUntilExit(folder.resolve("LiberationSans-" + face + ".ttf"));
        copy("/liberation/" + file.getFileName(), file);
        config.append("filename.Liberation").append(face).append('=').append(file).append('\n');
      }
      for (String family : FAMILIES) {
        for (String style : List.of("plain", "bold", "italic", "bolditalic")) {
          String face = style.startsWith("bold") ? "Bold" : "Regular";
          config.append(family).append('.').append(style);
          config.append(".latin-1=Liberation").append(face).append('\n');
        }
      }
      Path file = keepUntilExit(folder.resolve("fontconfig.properties"));
      OutputFile.write(file, config.toString());
      System.setProperty("sun.awt.fontconfig", file.toString());
    } catch (IOException e) {
      throw new InputException(
          "java.io.tmpdir", "fonts cannot be unpacked (" + OutputFile.reason(e) + ")", "a TMPDIR");
    }
  }

  private static void copy(String resource, Path file) throws IOException {
    try (InputStream in = Fonts.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException(resource);
      }
      OutputFile.write(file, in::transferTo);
    }
  }

  private static Path keepUntilExit(Path file) {
    file.toFile().deleteOnExit();
    return file;
  }
}
