// SPDX-License-Identifier: Apache-2.0
package gmembench.run;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;

/** Where results go if the user does not say, and how they came about. */
public final class OutFolder {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

  private OutFolder() {}

  public static Path fresh(String name) {
    String plain = String.valueOf(Path.of(name).getFileName()).replaceFirst("\\.toml$", "");
    return Path.of(
        "out", plain + "-" + LocalDateTime.now(java.time.ZoneId.systemDefault()).format(TIME));
  }

  /** The command as typed, but for the launcher's path. */
  public static String commandLine(CommandSpec spec) {
    return "gmembench "
        + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
  }
}
