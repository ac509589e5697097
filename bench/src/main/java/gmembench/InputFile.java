// SPDX-License-Identifier: Apache-2.0
package gmembench;

import module java.base;

/** Files that are read as a whole; what would never end, a device or a pipe, is refused. */
public final class InputFile {
  private InputFile() {}

  /**
   * The text of a regular file.
   *
   * @param expected what it should be, for the complaint
   */
  public static String text(Path file, String expected) {
    requireRegular(file, expected);
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new InputException(file.toString(), "is not UTF-8 text", expected);
    } catch (IOException e) {
      throw new InputException(
          file.toString(), "cannot be read (" + OutputFile.reason(e) + ")", expected);
    }
  }

  public static void requireRegular(Path file, String expected) {
    if (!Files.isRegularFile(file)) {
      String what = Files.exists(file) ? "is not a regular file" : "is missing";
      throw new InputException(file.toString(), what, expected);
    }
  }
}
